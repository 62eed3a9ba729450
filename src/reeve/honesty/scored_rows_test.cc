#include "reeve/honesty/scored_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

TEST(ScoredRowsTest, PerfectScoresAreNotCertain) {
  ScoredRows rows{{}, Probabilities(40, 2)};
  for (std::int64_t i = 0; i < 40; ++i) {
    rows.labels.push_back(i % 2);
    rows.probabilities.mutable_row(i)[static_cast<std::size_t>(i % 2)] = 1;
  }
  const auto score = MeasureScore(rows);
  ASSERT_TRUE(score);
  EXPECT_EQ(score->value, 1);
  EXPECT_DOUBLE_EQ(score->variance, 0.25 / 400);
}

TEST(ScoredRowsTest, MoreClassesAreJudgedByAccuracy) {
  ScoredRows rows{{}, Probabilities(100, 3)};
  for (std::int64_t i = 0; i < 100; ++i) {
    rows.labels.push_back(static_cast<std::int32_t>(i % 3));
    rows.probabilities.mutable_row(i)[static_cast<std::size_t>(i < 80 ? i % 3 : (i + 1) % 3)] = 1;
  }
  const auto score = MeasureScore(rows);
  ASSERT_TRUE(score);
  EXPECT_DOUBLE_EQ(score->value, 0.8);
  EXPECT_DOUBLE_EQ(score->variance, 0.8 * 0.2 / 100);
}

TEST(ScoredRowsTest, TheVarianceIsThatOfRepeatedSamples) {
  double sum = 0, squares = 0, variance = 0;
  constexpr int kSamples = 200;
  for (int s = 0; s < kSamples; ++s) {
    const auto score = MeasureScore(MakeScoredRows(300, 2, 0, 100 + static_cast<std::uint64_t>(s)));
    sum += score->value;
    squares += score->value * score->value;
    variance += score->variance;
  }
  const double observed = squares / kSamples - (sum / kSamples) * (sum / kSamples);
  EXPECT_NEAR(variance / kSamples / observed, 1, 0.3);
}

}  // namespace
}  // namespace reeve::honesty
