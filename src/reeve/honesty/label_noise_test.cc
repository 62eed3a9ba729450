#include "reeve/honesty/label_noise.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

TEST(LabelNoiseTest, UncertaintyIsNoNoise) {
  for (const double sharpness : {0.5, 1.0, 2.0, 4.0, 8.0}) {
    for (const std::uint64_t seed : {1, 2, 3}) {
      EXPECT_TRUE(FindLabelNoise(MakeScoredRows(3000, sharpness, 0, seed)).warnings.empty())
          << sharpness << " " << seed;
    }
  }
}

TEST(LabelNoiseTest, TurnedLabelsAre) {
  const LabelNoise noise = FindLabelNoise(MakeScoredRows(3000, 10, 0.1));
  ASSERT_EQ(noise.warnings.size(), 1u);
  EXPECT_EQ(noise.warnings.front().code, "label_noise");
  // About as many suspects as labels were turned.
  EXPECT_NEAR(static_cast<double>(noise.suspects.size()), 300, 100);
}

TEST(LabelNoiseTest, TheTurnedRowsAreTheSuspects) {
  // A model that is sure of every row; every 15th label is wrong.
  ScoredRows rows{{}, Probabilities(1500, 3)};
  Random random(3);
  for (std::int64_t i = 0; i < 1500; ++i) {
    const auto truth = static_cast<std::int32_t>(random.Below(3));
    const double p = 0.85 + 0.1 * random.Uniform();
    for (int c = 0; c < 3; ++c)
      rows.probabilities.mutable_row(i)[static_cast<std::size_t>(c)] = c == truth ? p : (1 - p) / 2;
    rows.labels.push_back(i % 15 == 0 ? (truth + 1) % 3 : truth);
  }
  const LabelNoise noise = FindLabelNoise(rows);
  ASSERT_EQ(noise.warnings.size(), 1u);
  ASSERT_FALSE(noise.suspects.empty());
  for (const SuspectLabel& suspect : noise.suspects) EXPECT_EQ(suspect.position % 15, 0u);
  EXPECT_TRUE(std::is_sorted(
      noise.suspects.begin(), noise.suspects.end(),
      [](const auto& a, const auto& b) { return a.own - a.other < b.own - b.other; }));
}

TEST(LabelNoiseTest, FewRowsSayNothing) {
  EXPECT_TRUE(FindLabelNoise(MakeScoredRows(120, 10, 0.2)).warnings.empty());
  EXPECT_TRUE(FindLabelNoise({}).warnings.empty());
}

}  // namespace
}  // namespace reeve::honesty
