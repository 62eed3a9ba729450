#include "reeve/honesty/fold_spread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

FoldProblem Folds(const std::vector<double>& sharpness, bool in_time_order,
                  std::uint64_t seed = 1) {
  FoldProblem problem{.folds = {}, .in_time_order = in_time_order};
  for (std::size_t f = 0; f < sharpness.size(); ++f)
    problem.folds.push_back(MakeScoredRows(600, sharpness[f], 0, seed * 100 + f));
  return problem;
}

TEST(FoldSpreadTest, EqualFoldsAreStable) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_TRUE(FindUnstableFolds(Folds({3, 3, 3, 3, 3}, false, seed)).empty()) << seed;
    EXPECT_TRUE(FindUnstableFolds(Folds({3, 3, 3, 3, 3}, true, seed)).empty()) << seed;
  }
}

TEST(FoldSpreadTest, OneBadFoldIsNot) {
  const auto warnings = FindUnstableFolds(Folds({3, 3, 0.5, 3, 3}, false));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings.front().message, testing::HasSubstr("AUC differs between folds"));
}

TEST(FoldSpreadTest, InTimeOrderRisingIsNaturalAndFallingIsNot) {
  const std::vector<double> rising = {0.5, 1, 2, 3, 4};
  EXPECT_TRUE(FindUnstableFolds(Folds(rising, true)).empty());
  EXPECT_FALSE(FindUnstableFolds(Folds(rising, false)).empty());
  const auto warnings = FindUnstableFolds(Folds({4, 3, 2, 1, 0.5}, true));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings.front().message, testing::HasSubstr("falls over time"));
}

TEST(FoldSpreadTest, PerfectFoldsAreStable) {
  FoldProblem problem;
  for (int f = 0; f < 5; ++f) {
    ScoredRows rows{{}, Probabilities(100, 2)};
    for (std::int64_t i = 0; i < 100; ++i) {
      rows.labels.push_back(i % 2);
      rows.probabilities.mutable_row(i)[1] = static_cast<double>(i % 2);
    }
    // One pair out of order in one of them.
    if (f == 0) rows.probabilities.mutable_row(0)[1] = 0.5;
    problem.folds.push_back(rows);
  }
  EXPECT_TRUE(FindUnstableFolds(problem).empty());
}

TEST(FoldSpreadTest, OneFoldCannotDiffer) {
  EXPECT_TRUE(FindUnstableFolds(Folds({3}, false)).empty());
  EXPECT_TRUE(FindUnstableFolds({}).empty());
}

}  // namespace
}  // namespace reeve::honesty
