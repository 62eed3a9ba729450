#include "reeve/server/scoring/json_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::server {
namespace {

using Kind = contract::Cell::Kind;

contract::Contract SmallContract() {
  contract::Contract contract;
  contract.columns = {{.name = "age", .type = ColumnType::kInteger, .required = true},
                      {.name = "city", .type = ColumnType::kCategory},
                      {.name = "tags", .type = ColumnType::kList},
                      {.name = "odd \"name\"", .type = ColumnType::kReal}};
  return contract;
}

class JsonRowsTest : public testing::Test {
 protected:
  bool ReadArray(const std::string& body, JsonRowOptions options = {}) {
    body_ = body;
    rows_.Begin(contract_);
    reader_.Begin(fields_, options, rows_);
    JsonCursor cursor(body_);
    const bool read = reader_.ReadArray(cursor) && cursor.TakeEnd();
    message_ = cursor.problem().message;
    return read;
  }
  const contract::Cell& Cell(std::size_t row, std::size_t field) const {
    return rows_.cells()[row * contract_.columns.size() + field];
  }

  const contract::Contract contract_ = SmallContract();
  const FieldIndex fields_{contract_};
  JsonRowReader reader_;
  RequestRows rows_;
  std::string body_, message_;
};

TEST_F(JsonRowsTest, ValuesBecomeCellsInTheContractsOrder) {
  ASSERT_TRUE(ReadArray(
      R"([{"city":"Yo\u0072k","age":41,"odd \"name\"":1.5,"tags":[1,"a"]},{"age":"42","city":true},{}])"));
  EXPECT_EQ(rows_.rows(), 3);
  EXPECT_EQ(Cell(0, 0).number, 41);
  EXPECT_EQ(Cell(0, 1).text, "York");
  EXPECT_EQ(Cell(0, 2).text, "[1,\"a\"]");
  EXPECT_EQ(Cell(0, 3).number, 1.5);
  EXPECT_EQ(Cell(1, 0).text, "42");
  EXPECT_EQ(Cell(1, 1).kind, Kind::kBoolean);
  EXPECT_EQ(Cell(1, 2).kind, Kind::kMissing);
  for (std::size_t field = 0; field < 4; ++field) EXPECT_EQ(Cell(2, field).kind, Kind::kMissing);
  EXPECT_TRUE(rows_.problems().empty());
}

TEST_F(JsonRowsTest, TheOrderOfMembersMayChangeFromRowToRow) {
  ASSERT_TRUE(ReadArray(
      R"([{"age":1,"city":"a"},{"city":"b","age":2},{"x":0,"age":3,"city":"c"},{"age":4}])"));
  for (std::size_t row = 0; row < 4; ++row)
    EXPECT_EQ(Cell(row, 0).number, static_cast<double>(row + 1));
  EXPECT_EQ(Cell(2, 1).text, "c");
  ASSERT_EQ(rows_.unknown().size(), 1U);
  EXPECT_EQ(rows_.unknown()[0], (std::pair<std::string, std::int64_t>("x", 2)));
}

TEST_F(JsonRowsTest, ContainersAndHugeNumbersAreProblemsOfTheirField) {
  ASSERT_TRUE(ReadArray(R"([{"age":{"a":[1]},"city":[1],"odd \"name\"":1e999}])"));
  ASSERT_EQ(rows_.problems().size(), 3U);
  EXPECT_EQ(rows_.problems()[0].field, "age");
  EXPECT_EQ(rows_.problems()[0].got, "{\"a\":[1]}");
  EXPECT_EQ(rows_.problems()[0].expected, "integer");
  EXPECT_EQ(rows_.problems()[2].field, "odd \"name\"");
}

TEST_F(JsonRowsTest, MembersThatStandTwiceAreRefused) {
  EXPECT_FALSE(ReadArray(R"([{"age":1,"age":2}])"));
  EXPECT_THAT(message_, testing::HasSubstr("\"age\" stands twice"));
  EXPECT_FALSE(ReadArray(R"([{"x":1,"x":2}])"));
  EXPECT_TRUE(ReadArray(R"([{"age":1,"x":0},{"age":1,"x":0}])"));
}

TEST_F(JsonRowsTest, RowsThatAreNoObjectsAreRefused) {
  for (const char* body : {"[1]", "[[1]]", "[null]", "{}", "[{}", "[{},]", "[{}}", "[{\"age\" 1}]"})
    EXPECT_FALSE(ReadArray(body)) << body;
  EXPECT_TRUE(ReadArray("[]"));
  EXPECT_EQ(rows_.rows(), 0);
}

TEST_F(JsonRowsTest, TooManyRowsAreToldFromMalformedOnes) {
  EXPECT_FALSE(ReadArray("[{},{},{}]", {.max_rows = 2}));
  EXPECT_TRUE(reader_.too_many_rows());
  EXPECT_FALSE(ReadArray("[{},{}", {.max_rows = 2}));
  EXPECT_FALSE(reader_.too_many_rows());
}

TEST_F(JsonRowsTest, KeysNameRows) {
  ASSERT_TRUE(ReadArray(R"([{"id":17},{"age":1},{"id":"a\/b"},{"age":7}])", {.key_field = "id"}));
  EXPECT_THAT(rows_.keys(), testing::ElementsAre("17", "", "a/b"));
  EXPECT_TRUE(rows_.unknown().empty());
  ASSERT_TRUE(ReadArray(R"([{"age":12}])", {.key_field = "age"}));
  EXPECT_THAT(rows_.keys(), testing::ElementsAre("12"));
}

TEST_F(JsonRowsTest, UnknownMembersAreCheckedToo) {
  EXPECT_FALSE(ReadArray(R"([{"x":[1,}])"));
  EXPECT_FALSE(ReadArray("[{\"x\":" + std::string(100, '[') + std::string(100, ']') + "}]"));
}

TEST(ShownJsonTest, LongValuesAreCutToAJsonText) {
  EXPECT_EQ(ShownJson("[1]"), "[1]");
  const std::string shown = ShownJson("\"" + std::string(500, 'x') + "\"");
  EXPECT_LT(shown.size(), 120U);
  EXPECT_EQ(shown.front(), '"');
  EXPECT_EQ(shown.back(), '"');
}

}  // namespace
}  // namespace reeve::server
