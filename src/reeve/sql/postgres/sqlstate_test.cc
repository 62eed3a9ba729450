#include "reeve/sql/postgres/sqlstate.h"

#include <gtest/gtest.h>

namespace reeve::sql {
namespace {

TEST(SqlStateTest, MapsWhatCallersTellApart) {
  const auto code = [](const char* state) { return StatusOfSqlState(state, "x").code(); };
  EXPECT_EQ(code("23505"), StatusCode::kAlreadyExists);
  EXPECT_EQ(code("23503"), StatusCode::kAlreadyExists);
  EXPECT_EQ(code("42P07"), StatusCode::kAlreadyExists);
  EXPECT_EQ(code("22001"), StatusCode::kInvalidArgument);
  EXPECT_EQ(code("22003"), StatusCode::kInvalidArgument);
  EXPECT_EQ(code("53100"), StatusCode::kIo);
  EXPECT_EQ(code("42501"), StatusCode::kIo);
  EXPECT_EQ(code("25006"), StatusCode::kIo);
  EXPECT_EQ(code("XX001"), StatusCode::kCorrupt);
  for (const char* state : {"", "40001", "40P01", "55P03", "57P01", "53300", "28P01", "3D000",
                            "42601", "08006", "99999"}) {
    EXPECT_EQ(code(state), StatusCode::kUnavailable) << state;
  }
}

TEST(SqlStateTest, TellsWhatToDo) {
  for (const char* state :
       {"53100", "53300", "55P03", "40001", "28P01", "3D000", "42501", "25006", "XX001"}) {
    const Status status = StatusOfSqlState(state, "database \"h/m\": no");
    EXPECT_TRUE(status.message().starts_with("database \"h/m\": no")) << status.message();
    EXPECT_FALSE(status.fixes().empty()) << state;
  }
}

TEST(SqlStateTest, TellsPassingTroubleFromTheRest) {
  EXPECT_TRUE(IsConflict("40001") && IsConflict("40P01"));
  EXPECT_FALSE(IsConflict("23505") || IsConflict(""));
  EXPECT_TRUE(IsStaleStatement("0A000") && IsStaleStatement("26000"));
  EXPECT_FALSE(IsStaleStatement("42601"));
}

}  // namespace
}  // namespace reeve::sql
