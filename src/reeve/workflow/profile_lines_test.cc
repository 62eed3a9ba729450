#include "reeve/workflow/profile_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::workflow {
namespace {

TEST(ProfileLinesTest, NumbersByTheirRangeCategoriesByTheirValues) {
  Table table;
  table.Add(Column::Numbers("age", ColumnType::kInteger, {20, 30, 40, kMissingNumber}));
  table.Add(Column::Codes("kind", ColumnType::kCategory, {0, 0, 1, 0}, {"house", "flat"}));
  table.Add(Column::Numbers("when", ColumnType::kDatetime, {0, 86400, 2 * 86400, 3 * 86400}));
  const auto lines = ProfileLines(contract::MakeProfile(table));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].name, "age");
  EXPECT_EQ(lines[0].type, "integer");
  EXPECT_DOUBLE_EQ(lines[0].missing, 0.25);
  EXPECT_EQ(lines[0].summary, "20 … 30 … 40");
  EXPECT_FALSE(lines[0].counts.empty());
  EXPECT_EQ(lines[1].summary, "house 75 %, flat 25 %");
  EXPECT_THAT(lines[1].counts, testing::ElementsAre(3, 1));
  EXPECT_THAT(lines[2].summary, testing::HasSubstr("1970-01-01"));
}

}  // namespace
}  // namespace reeve::workflow
