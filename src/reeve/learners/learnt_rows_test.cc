#include "reeve/learners/learnt_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::learners {
namespace {

using testing::ElementsAre;

TEST(LearntRowsTest, AllRowsAreNotCopied) {
  const Matrix matrix(2, {{.name = "x"}});
  const std::vector<std::int32_t> labels = {0, 1};
  const LearntRows learnt({.matrix = &matrix, .labels = labels});
  EXPECT_EQ(learnt.set().matrix, &matrix);
  EXPECT_EQ(learnt.set().labels.data(), labels.data());
}

TEST(LearntRowsTest, TakesTheRowsNamedAsOftenAsTheyStand) {
  Matrix matrix(4, {{.name = "x"}});
  for (std::size_t row = 0; row < 4; ++row) matrix.column(0)[row] = static_cast<float>(row * 10);
  const std::vector<std::int32_t> labels = {0, 1, 0, 1};
  const std::vector<double> weights = {1, 2, 3, 4};
  const std::vector<std::int64_t> rows = {1, 3, 3};
  const LearntRows learnt({.matrix = &matrix, .labels = labels, .weights = weights, .rows = rows});
  EXPECT_THAT(learnt.set().labels, ElementsAre(1, 1, 1));
  EXPECT_THAT(learnt.set().weights, ElementsAre(2, 4, 4));
  EXPECT_THAT(learnt.set().matrix->column(0), ElementsAre(10, 30, 30));
  EXPECT_EQ(learnt.set().row_count(), 3u);
}

}  // namespace
}  // namespace reeve::learners
