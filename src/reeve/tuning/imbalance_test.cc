#include "reeve/tuning/imbalance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/inference/decision.h"
#include "reeve/table/table.h"

namespace reeve::tuning {
namespace {

const std::vector<std::int32_t> kLabels = {0, 0, 0, 0, 0, 0, 1, 1};

TEST(BalanceTest, WeightsMakeClassesEqual) {
  const Balanced balanced = Balance(Imbalance::kWeights, AllRows(8), kLabels, 2, 1);
  EXPECT_EQ(balanced.rows, AllRows(8));
  EXPECT_DOUBLE_EQ(balanced.weights.front(), 8.0 / (2 * 6));
  EXPECT_DOUBLE_EQ(balanced.weights.back(), 8.0 / (2 * 2));
}

TEST(BalanceTest, UndersampleKeepsTheSmallestClassWhole) {
  const Balanced balanced = Balance(Imbalance::kUndersample, AllRows(8), kLabels, 2, 1);
  EXPECT_EQ(balanced.rows.size(), 4u);
  EXPECT_THAT(balanced.rows, testing::IsSupersetOf({6, 7}));
  EXPECT_DOUBLE_EQ(balanced.odds[1] / balanced.odds[0], 3.0);
}

TEST(BalanceTest, OversampleRepeatsRowsEvenly) {
  const Balanced balanced = Balance(Imbalance::kOversample, AllRows(8), kLabels, 2, 1);
  EXPECT_THAT(balanced.rows, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 6, 6, 7, 7, 7));
  EXPECT_DOUBLE_EQ(balanced.odds[1] / balanced.odds[0], 3.0);
  EXPECT_TRUE(balanced.weights.empty());
}

TEST(BalanceTest, SmoteCountsTheRowsThatAreYetToBeMade) {
  const Balanced balanced = Balance(Imbalance::kSmote, AllRows(8), kLabels, 2, 1);
  EXPECT_EQ(balanced.rows, AllRows(8));
  EXPECT_DOUBLE_EQ(balanced.odds[1] / balanced.odds[0], 3.0);
}

TEST(BalanceTest, ThresholdAndNoneLeaveTrainingAlone) {
  for (const Imbalance imbalance : {Imbalance::kNone, Imbalance::kThreshold}) {
    const Balanced balanced = Balance(imbalance, AllRows(8), kLabels, 2, 1);
    EXPECT_EQ(balanced.rows, AllRows(8));
    EXPECT_TRUE(balanced.weights.empty());
    EXPECT_TRUE(balanced.odds.empty());
  }
}

TEST(BalanceTest, CorrectionBringsTheBaseRateBack) {
  // A model that knows nothing says 1/2 on balanced rows; corrected it says the base rate, 2 of 8.
  const Balanced balanced = Balance(Imbalance::kWeights, AllRows(8), kLabels, 2, 1);
  Probabilities probabilities(1, 2);
  probabilities.values = {0.5, 0.5};
  inference::Decision{.threshold = 0.5, .odds = balanced.odds}.CorrectOdds(probabilities);
  EXPECT_NEAR(probabilities.at(0, 1), 0.25, 1e-12);
}

TEST(ParseImbalanceTest, NamesTheNearest) {
  for (const auto& [imbalance, name] : AllImbalances()) {
    EXPECT_EQ(ParseImbalance(name).value(), imbalance);
  }
  EXPECT_THAT(ParseImbalance("treshold").status().message(), testing::HasSubstr("threshold"));
}

}  // namespace
}  // namespace reeve::tuning
