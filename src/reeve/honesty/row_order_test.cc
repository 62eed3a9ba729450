#include "reeve/honesty/row_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

TEST(RowOrderTest, SortedTablesTellTheClassByPlace) {
  std::vector<std::int32_t> labels(100, 0);
  labels.insert(labels.end(), 50, 1);
  EXPECT_DOUBLE_EQ(OrderAuc(labels, 2), 1);
  std::reverse(labels.begin(), labels.end());
  EXPECT_DOUBLE_EQ(OrderAuc(labels, 2), 1);
  EXPECT_NEAR(OrderAuc(MakeTestRows(4000).labels, 2), 0.5, 0.03);
}

TEST(RowOrderTest, OneClassTellsNothing) {
  EXPECT_DOUBLE_EQ(OrderAuc(std::vector<std::int32_t>(10, 0), 2), 0.5);
}

TEST(RowOrderTest, NumbersWithGapsFollowTheRowsAndOthersDoNot) {
  std::vector<double> numbers, shuffled, steps;
  Random random(2);
  double last = 0;
  for (int i = 0; i < 200; ++i) {
    last += 1 + static_cast<double>(random.Below(5));
    numbers.push_back(last);
    shuffled.push_back(random.Uniform());
    steps.push_back(i / 20);
  }
  const std::vector<std::int64_t> rows = AllRows(200);
  EXPECT_TRUE(FollowsRows(Column::Numbers("n", ColumnType::kInteger, numbers), rows));
  EXPECT_FALSE(FollowsRows(Column::Numbers("s", ColumnType::kReal, shuffled), rows));
  EXPECT_FALSE(FollowsRows(Column::Numbers("t", ColumnType::kInteger, steps), rows));
  EXPECT_FALSE(FollowsRows(Column::Texts("x"), {}));
}

}  // namespace
}  // namespace reeve::honesty
