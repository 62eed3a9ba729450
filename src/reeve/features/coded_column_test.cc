#include "reeve/features/coded_column.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/table/table.h"

namespace reeve::features {
namespace {

Column Reals(std::vector<double> values) {
  return Column::Numbers("x", ColumnType::kReal, std::move(values));
}

TEST(CodedColumnTest, BinsHoldEqualSharesOfTheRows) {
  Random random(5);
  std::vector<double> values;
  for (int i = 0; i < 3200; ++i) values.push_back(random.Normal());
  const auto binned = BinColumn(Reals(values), AllRows(3200));
  ASSERT_TRUE(binned.has_value());
  EXPECT_EQ(binned->input.known(), 32U);
  std::map<std::uint32_t, int> rows;
  for (const std::uint32_t place : binned->places) ++rows[place];
  for (const auto& [place, count] : rows) EXPECT_EQ(count, 100) << place;
}

TEST(CodedColumnTest, AValueNeverFallsIntoTwoBins) {
  const auto binned = BinColumn(Reals({1, 1, 1, 1, 1, 2, 3, 3, kMissingNumber}), AllRows(9));
  ASSERT_TRUE(binned.has_value());
  EXPECT_THAT(binned->input.cuts, testing::ElementsAre(2, 3));
  EXPECT_THAT(binned->places, testing::ElementsAre(0, 0, 0, 0, 0, 1, 2, 2, 4));
  EXPECT_EQ(binned->input.missing_place(), 4U);
  EXPECT_EQ(binned->input.BinOf(-1e300), 0U);
  EXPECT_EQ(binned->input.BinOf(2.5), 1U);
  EXPECT_EQ(binned->input.BinOf(1e300), 2U);
}

TEST(CodedColumnTest, OnlyTheRowsGivenCount) {
  const auto binned = BinColumn(Reals({1, 50, 2, 60}), std::vector<std::int64_t>{0, 2});
  ASSERT_TRUE(binned.has_value());
  EXPECT_THAT(binned->input.cuts, testing::ElementsAre(2));
  EXPECT_THAT(binned->places, testing::ElementsAre(0, 1));
}

TEST(CodedColumnTest, NothingIsBinnedWithoutAnOrder) {
  EXPECT_FALSE(BinColumn(Reals({3, 3, kMissingNumber}), AllRows(3)).has_value());
  EXPECT_FALSE(BinColumn(Reals({kMissingNumber, kMissingNumber}), AllRows(2)).has_value());
  EXPECT_FALSE(BinColumn(Column::Codes("c", ColumnType::kCategory, {0, 1}, {"a", "b"}), AllRows(2))
                   .has_value());
}

TEST(CodedColumnTest, NumbersThatHardlyRepeatAreNotToldApart) {
  const auto integers = [](std::vector<double> values) {
    return Column::Numbers("n", ColumnType::kInteger, std::move(values));
  };
  EXPECT_FALSE(CodeColumn(integers({1, 2, 3, 4}), AllRows(4)).has_value());
  const auto coded = CodeColumn(integers({7, 5, 7, 5, kMissingNumber}), AllRows(5));
  ASSERT_TRUE(coded.has_value());
  EXPECT_THAT(coded->input.numbers, testing::ElementsAre(7, 5));
  EXPECT_THAT(coded->places, testing::ElementsAre(0, 1, 0, 1, 3));
}

}  // namespace
}  // namespace reeve::features
