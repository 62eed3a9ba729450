#include "reeve/honesty/column_groups.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

TEST(ColumnGroupsTest, NumbersFallIntoBinsThatKeepTheirOrder) {
  const TestRows data = MakeTestRows(2000);
  const Column& column = data.table.column(0);
  const ColumnGroups groups = GroupColumn(column, data.rows);
  EXPECT_GT(groups.count, 50);
  EXPECT_LE(groups.count, 256);
  // Bins do not overlap: within a bin lie all values between its ends.
  std::vector<double> low(static_cast<std::size_t>(groups.count), 1e9), high(low.size(), -1e9);
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    const auto g = static_cast<std::size_t>(groups.of(i).front());
    low[g] = std::min(low[g], column.numbers()[i]);
    high[g] = std::max(high[g], column.numbers()[i]);
  }
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    const double value = column.numbers()[i];
    for (std::size_t g = 0; g < low.size(); ++g) {
      if (value >= low[g] && value <= high[g]) {
        EXPECT_EQ(g, static_cast<std::size_t>(groups.of(i).front()));
      }
    }
  }
}

TEST(ColumnGroupsTest, FrequentAndMissingNumbersStandAlone) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(i % 3 == 0 ? 0.0 : i % 3 == 1 ? kMissingNumber : i + 1.0);
  const Column column = Column::Numbers("x", ColumnType::kReal, values);
  const std::vector<std::int64_t> rows = AllRows(1000);
  const ColumnGroups groups = GroupColumn(column, rows);
  std::set<std::int32_t> of_zero, of_missing, of_others;
  for (std::size_t i = 0; i < rows.size(); ++i)
    (i % 3 == 0 ? of_zero : i % 3 == 1 ? of_missing : of_others).insert(groups.of(i).front());
  EXPECT_EQ(of_zero.size(), 1u);
  EXPECT_EQ(of_missing.size(), 1u);
  EXPECT_FALSE(of_others.contains(*of_zero.begin()));
  EXPECT_FALSE(of_others.contains(*of_missing.begin()));
  EXPECT_EQ(GroupText(column, rows, groups, *of_missing.begin()), "missing");
  EXPECT_EQ(GroupText(column, rows, groups, *of_zero.begin()), "\"0\"");
}

TEST(ColumnGroupsTest, TextsAreWordsAndListsElements) {
  Column text = Column::Texts("t", ColumnType::kText);
  Column list = Column::Texts("l", ColumnType::kList);
  for (const char* const value : {"Red shoes, red laces", ""}) text.AppendText(value);
  for (const char* const value : {R"(["Red shoes", 5])", R"(["Red shoes"])"})
    list.AppendText(value);
  const std::vector<std::int64_t> rows = {0, 1};
  const ColumnGroups words = GroupColumn(text, rows);
  EXPECT_TRUE(words.is_text);
  EXPECT_EQ(words.count, 4);  // red, shoes, laces, nothing
  EXPECT_EQ(words.of(0).size(), 4u);
  EXPECT_EQ(words.of(1).size(), 1u);
  const ColumnGroups elements = GroupColumn(list, rows);
  EXPECT_EQ(elements.count, 2);
  EXPECT_EQ(elements.of(0).front(), elements.of(1).front());
}

TEST(ColumnGroupsTest, AListThatIsNoJsonIsOneElement) {
  Column list = Column::Texts("l", ColumnType::kList);
  list.AppendText("[broken");
  const std::vector<std::int64_t> rows = {0};
  EXPECT_EQ(GroupColumn(list, rows).count, 1);
}

}  // namespace
}  // namespace reeve::honesty
