#include "reeve/sql/postgres/connection.h"

#include <limits>

#include <gtest/gtest.h>

namespace reeve::sql {
namespace {

TEST(QueryTest, SaysTheTypesThatAreNotThoseOfTheColumn) {
  const Parameter parameters[] = {std::int64_t{1}, std::int64_t{1} << 40, 0.5, nullptr,
                                  std::string_view("x")};
  const Result<Query> query = Query::Make("?, ?, ?, ?, ?", parameters, 5);
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->sql(), "$1, $2, $3, $4, $5");
  EXPECT_EQ(query->Types(), (std::vector<Oid>{0, 20, 701, 0, 0}));
  const std::vector<const char*> values = query->Values();
  EXPECT_STREQ(values[0], "1");
  EXPECT_STREQ(values[1], "1099511627776");
  EXPECT_STREQ(values[2], "0.5");
  EXPECT_EQ(values[3], nullptr);
  EXPECT_STREQ(values[4], "x");
}

TEST(QueryTest, SpellsRealsAsPostgresReadsThem) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Parameter parameters[] = {kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN(),
                                  1e300};
  const Result<Query> query = Query::Make("", parameters, 4);
  ASSERT_TRUE(query.ok());
  const std::vector<const char*> values = query->Values();
  EXPECT_STREQ(values[0], "Infinity");
  EXPECT_STREQ(values[1], "-Infinity");
  EXPECT_STREQ(values[2], "NaN");
  EXPECT_EQ(std::stod(values[3]), 1e300);
}

TEST(QueryTest, RefusesTextsThatPostgresCannotHold) {
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xFF")}) {
    const Parameter parameter = std::string_view(text);
    const Result<Query> query = Query::Make("?", &parameter, 1);
    ASSERT_FALSE(query.ok());
    EXPECT_EQ(query.status().code(), StatusCode::kInvalidArgument);
  }
}

TEST(ConnectionTest, AServerThatIsNotThereIsUnavailable) {
  const Result<std::unique_ptr<Connection>> connection = Connection::Open(
      {.parameters = {{"host", "/nowhere"}, {"password", "secret"}}, .name = "h/m"}, {});
  ASSERT_FALSE(connection.ok());
  EXPECT_EQ(connection.status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(connection.status().message().starts_with("database \"h/m\": "))
      << connection.status().message();
  EXPECT_EQ(connection.status().message().find("secret"), std::string::npos);
  EXPECT_FALSE(connection.status().fixes().empty());
}

TEST(ConnectionTest, AnUnknownSettingIsNamed) {
  const Result<std::unique_ptr<Connection>> connection =
      Connection::Open({.parameters = {{"ssl_mode", "require"}}, .name = "h/m"}, {});
  ASSERT_FALSE(connection.ok());
  EXPECT_NE(connection.status().message().find("ssl_mode"), std::string::npos)
      << connection.status().message();
}

}  // namespace
}  // namespace reeve::sql
