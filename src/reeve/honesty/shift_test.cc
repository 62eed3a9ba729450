#include "reeve/honesty/shift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

// The first TRAIN rows are the training part.
std::vector<contract::Warning> Shift(const TestRows& data, std::size_t train,
                                     std::span<const std::int32_t> groups = {}) {
  const std::span<const std::int64_t> rows = data.rows;
  const auto warnings = FindShift({.table = &data.table,
                                   .features = data.table.Names(),
                                   .train = rows.first(train),
                                   .test = rows.subspan(train),
                                   .groups = groups},
                                  {});
  EXPECT_TRUE(warnings.ok()) << warnings.status().message();
  return warnings.ok() ? *warnings : std::vector<contract::Warning>();
}

TEST(ShiftTest, PartsOfOneSourceAreAlike) {
  for (const std::uint64_t seed : {1, 2, 3})
    EXPECT_TRUE(Shift(MakeTestRows(1200, 1, seed), 900).empty());
}

TEST(ShiftTest, AColumnThatMovedIsNamed) {
  TestRows data = MakeTestRows(1200);
  std::vector<double> price;
  Random random(3);
  for (int i = 0; i < 1200; ++i) price.push_back(random.Normal() + (i < 900 ? 0 : 1.5));
  data.table.Add(Column::Numbers("price", ColumnType::kReal, price));
  const auto warnings = Shift(data, 900);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings.front().column, "price");
  EXPECT_THAT(warnings.front().message, testing::HasSubstr("\"price\" (alone 0.8"));
}

TEST(ShiftTest, ColumnsThatMovedTogetherAreFoundToo) {
  // Each of the two looks the same in both parts; their sign agrees only in the test part.
  TestRows data = MakeTestRows(2000);
  std::vector<double> x, y;
  Random random(4);
  for (int i = 0; i < 2000; ++i) {
    x.push_back(random.Normal());
    y.push_back(i < 1200 ? random.Normal() : std::abs(random.Normal()) * (x.back() > 0 ? 1 : -1));
  }
  data.table.Add(Column::Numbers("x", ColumnType::kReal, x));
  data.table.Add(Column::Numbers("y", ColumnType::kReal, y));
  const auto warnings = Shift(data, 1200);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings.front().message, testing::HasSubstr("several columns together"));
}

TEST(ShiftTest, OtherGroupsAreNoShift) {
  // Every group has a place of its own, so that any group is known by it.
  TestRows data = MakeTestRows(1500);
  std::vector<std::int32_t> groups;
  std::vector<double> place(50);
  Random random(5);
  for (double& value : place) value = random.Normal();
  std::vector<double> column;
  for (int i = 0; i < 1500; ++i) {
    groups.push_back(i / 30);
    column.push_back(place[static_cast<std::size_t>(i / 30)]);
  }
  data.table.Add(Column::Numbers("place", ColumnType::kReal, column));
  EXPECT_TRUE(Shift(data, 1200, groups).empty());
  EXPECT_FALSE(Shift(data, 1200).empty());
}

TEST(ShiftTest, FewRowsSayNothing) { EXPECT_TRUE(Shift(MakeTestRows(100), 60).empty()); }

}  // namespace
}  // namespace reeve::honesty
