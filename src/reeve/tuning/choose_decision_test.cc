#include "reeve/tuning/choose_decision.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/evaluation/threshold.h"

namespace reeve::tuning {
namespace {

struct Sample {
  std::vector<std::int32_t> labels, folds;
  Probabilities probabilities;
};

// A model that is three times too sure.
Sample MakeSample(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Sample sample{{}, {}, Probabilities(static_cast<std::int64_t>(rows), 2)};
  for (std::size_t i = 0; i < rows; ++i) {
    const double z = 1.5 * random.Normal() - 0.5;
    const double p = 1 / (1 + std::exp(-3 * z));
    sample.labels.push_back(random.Uniform() < 1 / (1 + std::exp(-z)));
    sample.folds.push_back(static_cast<std::int32_t>(i % 5));
    sample.probabilities.mutable_row(static_cast<std::int64_t>(i))[0] = 1 - p;
    sample.probabilities.mutable_row(static_cast<std::int64_t>(i))[1] = p;
  }
  return sample;
}

ChosenDecision Choose(Sample& sample, const DecisionOptions& options) {
  auto chosen = ChooseDecision(sample.labels, sample.folds, options, sample.probabilities);
  EXPECT_TRUE(chosen.ok()) << chosen.status().message();
  return std::move(chosen).value();
}

TEST(ChooseDecisionTest, TheThresholdBelongsToCalibratedProbabilities) {
  // The same rows, decided by costs 1 : 4, belong to 0.2 on the scale that is right.
  Sample sample = MakeSample(6000, 1);
  const ChosenDecision chosen = Choose(sample, {.costs = evaluation::CostsOfTwo(1, 4)});
  EXPECT_EQ(chosen.calibration.kind, inference::CalibrationKind::kTemperature);
  EXPECT_EQ(chosen.cost_rule, evaluation::CostRule::kBayes);
  EXPECT_DOUBLE_EQ(*chosen.threshold, 0.2);
  EXPECT_EQ(chosen.calibrations.size(), 4u);
}

TEST(ChooseDecisionTest, TheMetricChoosesWithoutCosts) {
  Sample sample = MakeSample(3000, 2);
  const ChosenDecision chosen = Choose(sample, {.threshold_metric = evaluation::Metric::kF1});
  std::vector<double> positive;
  for (std::int64_t row = 0; row < 3000; ++row) positive.push_back(sample.probabilities.at(row, 1));
  EXPECT_EQ(
      *chosen.threshold,
      evaluation::BestThreshold(evaluation::Metric::kF1, sample.labels, positive, {})->threshold);
  EXPECT_FALSE(chosen.cost_rule.has_value());
}

TEST(ChooseDecisionTest, NoMetricMeansOneHalf) {
  Sample sample = MakeSample(500, 3);
  const Probabilities before = sample.probabilities;
  const ChosenDecision chosen = Choose(sample, {.threshold_metric = std::nullopt});
  EXPECT_EQ(*chosen.threshold, 0.5);
  EXPECT_FALSE(chosen.calibration_obstacle.empty());
  EXPECT_EQ(sample.probabilities.values, before.values);
}

TEST(ChooseDecisionTest, ManyClassesHaveNoThreshold) {
  const std::vector<std::int32_t> labels = {0, 1, 2}, folds = {0, 1, 0};
  Probabilities probabilities(3, 3);
  probabilities.values = {0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8};
  EXPECT_FALSE(ChooseDecision(labels, folds, {}, probabilities)->threshold.has_value());
  const CostMatrix costs{.classes = 3, .values = {0, 1, 1, 1, 0, 1, 1, 1, 0}};
  const auto with_costs = ChooseDecision(labels, folds, {.costs = costs}, probabilities);
  ASSERT_TRUE(with_costs.ok()) << with_costs.status().message();
  EXPECT_FALSE(with_costs->threshold.has_value());
}

}  // namespace
}  // namespace reeve::tuning
