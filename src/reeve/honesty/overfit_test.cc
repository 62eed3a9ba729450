#include "reeve/honesty/overfit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

TEST(OverfitTest, PartsOfEqualQualityAreNoGap) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    EXPECT_FALSE(MeasureGap({.out_of_fold = MakeScoredRows(2000, 3, 0, seed),
                             .test = MakeScoredRows(500, 3, 0, seed + 10)}));
  }
}

TEST(OverfitTest, AWorseTestPartIs) {
  const auto gap =
      MeasureGap({.out_of_fold = MakeScoredRows(2000, 6), .test = MakeScoredRows(500, 1, 0, 2)});
  ASSERT_TRUE(gap);
  EXPECT_GT(gap->out_of_fold, gap->test);
  EXPECT_GT(gap->z, 3);
  const contract::Warning warning = OverfitWarning(*gap, 0.999, false);
  EXPECT_EQ(warning.code, "overfit");
  EXPECT_THAT(warning.message, testing::HasSubstr("(0.999 on rows it learnt from)"));
  EXPECT_THAT(OverfitWarning(*gap, std::nullopt, true).message,
              testing::HasSubstr("train_test_shift"));
}

TEST(OverfitTest, ABetterTestPartIsNot) {
  EXPECT_FALSE(
      MeasureGap({.out_of_fold = MakeScoredRows(2000, 1), .test = MakeScoredRows(500, 6, 0, 2)}));
}

TEST(OverfitTest, FewTestRowsProveNothing) {
  EXPECT_FALSE(
      MeasureGap({.out_of_fold = MakeScoredRows(2000, 3), .test = MakeScoredRows(12, 2, 0, 5)}));
}

TEST(OverfitTest, WithoutBothClassesThereIsNoScore) {
  ScoredRows one_class = MakeScoredRows(100, 3);
  std::fill(one_class.labels.begin(), one_class.labels.end(), 1);
  EXPECT_FALSE(MeasureGap({.out_of_fold = MakeScoredRows(2000, 3), .test = one_class}));
}

}  // namespace
}  // namespace reeve::honesty
