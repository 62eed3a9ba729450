#include "reeve/evaluation/cost.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::evaluation {
namespace {

struct Sample {
  std::vector<std::int32_t> labels;
  std::vector<double> probabilities;
};

// `bend` 1: probabilities are right.
Sample MakeSample(std::size_t rows, double bend, std::uint64_t seed) {
  Random random(seed);
  Sample sample;
  for (std::size_t i = 0; i < rows; ++i) {
    const double logit = 1.5 * random.Normal() - 1;
    sample.labels.push_back(random.Uniform() < 1 / (1 + std::exp(-logit)));
    sample.probabilities.push_back(1 / (1 + std::exp(-bend * logit)));
  }
  return sample;
}

TEST(ParseCostsTest, ReadsBothInAnyOrder) {
  const auto costs = ParseCosts("fn=5, fp=0.5");
  ASSERT_TRUE(costs.ok()) << costs.status().message();
  EXPECT_EQ(costs->false_positive, 0.5);
  EXPECT_EQ(costs->false_negative, 5);
  EXPECT_DOUBLE_EQ(ParseCosts("fp=1,fn=4")->BayesThreshold(), 0.2);
}

TEST(ParseCostsTest, NamesWhatIsWrong) {
  for (const char* const wrong : {"", "fp=1", "fn=1", "fp=1,fn", "fp=1,fn=x", "fp=-1,fn=2",
                                  "fp=1,fn=inf", "fp=0,fn=0", "fp=1,fp=2,fn=1", "tp=1,fn=2"}) {
    const auto costs = ParseCosts(wrong);
    EXPECT_EQ(costs.status().code(), StatusCode::kInvalidArgument) << wrong;
    EXPECT_THAT(costs.status().message(), testing::HasSubstr("fp=1,fn=5"));
  }
}

TEST(CostTest, RightProbabilitiesGetTheBayesThreshold) {
  const Costs costs{.false_positive = 1, .false_negative = 4};
  int bayes = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Sample sample = MakeSample(2000, 1, seed);
    const CostThreshold choice = ChooseCostThreshold(costs, sample.labels, sample.probabilities);
    bayes += choice.rule == CostRule::kBayes;
    EXPECT_NEAR(choice.threshold, 0.2, 0.12);
  }
  EXPECT_GE(bayes, 16);
}

TEST(CostTest, WrongProbabilitiesGetTheCheapestThreshold) {
  const Costs costs{.false_positive = 1, .false_negative = 4};
  // All told three times too far from one half on the logarithm of the odds.
  const Sample sample = MakeSample(4000, 3, 7);
  const CostThreshold choice = ChooseCostThreshold(costs, sample.labels, sample.probabilities);
  EXPECT_EQ(choice.rule, CostRule::kEmpirical);
  const double right = 1 / (1 + std::exp(3 * std::log(4.0)));
  EXPECT_LT(std::abs(std::log(choice.threshold / right)), 1.5);
  const CostSummary chosen =
      SummarizeCosts(costs, choice.threshold, sample.labels, sample.probabilities);
  EXPECT_LT(
      chosen.chosen,
      SummarizeCosts(costs, costs.BayesThreshold(), sample.labels, sample.probabilities).chosen);
}

TEST(CostTest, NoThresholdIsCheaperThanTheEmpiricalOne) {
  const Costs costs{.false_positive = 3, .false_negative = 1};
  const Sample sample = MakeSample(500, 3, 9);
  const CostThreshold choice = ChooseCostThreshold(costs, sample.labels, sample.probabilities);
  if (choice.rule != CostRule::kEmpirical) GTEST_SKIP() << "Bayes was as good";
  const double cost =
      SummarizeCosts(costs, choice.threshold, sample.labels, sample.probabilities).chosen;
  for (int i = 0; i <= 200; ++i) {
    EXPECT_GE(SummarizeCosts(costs, i / 200.0, sample.labels, sample.probabilities).chosen,
              cost - 1e-12);
  }
}

TEST(CostTest, NeverPositiveWhereEveryAlarmIsWrong) {
  // The most probable rows are negative: any alarm costs more than all misses.
  const std::vector<std::int32_t> labels = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const std::vector<double> probabilities = {0.9, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.1};
  const CostThreshold choice = ChooseCostThreshold({1, 1}, labels, probabilities);
  EXPECT_EQ(choice.rule, CostRule::kEmpirical);
  EXPECT_EQ(choice.threshold, 1);
}

TEST(CostTest, OneClassFallsBackToBayes) {
  const CostThreshold choice =
      ChooseCostThreshold({1, 3}, std::vector<std::int32_t>{1, 1}, std::vector<double>{0.1, 0.9});
  EXPECT_EQ(choice.rule, CostRule::kBayes);
  EXPECT_DOUBLE_EQ(choice.threshold, 0.25);
}

TEST(CostTest, SummaryCountsEachWayOfDeciding) {
  const std::vector<std::int32_t> labels = {0, 0, 0, 1};
  const std::vector<double> probabilities = {0.1, 0.4, 0.7, 0.45};
  const CostSummary summary = SummarizeCosts({2, 10}, 0.4, labels, probabilities);
  EXPECT_DOUBLE_EQ(summary.chosen, (2 + 2) / 4.0);
  EXPECT_DOUBLE_EQ(summary.at_half, (2 + 10) / 4.0);
  EXPECT_DOUBLE_EQ(summary.always_yes, 6 / 4.0);
  EXPECT_DOUBLE_EQ(summary.always_no, 10 / 4.0);
  const ConfusionMatrix confusion{.classes = 2, .counts = {1, 2, 0, 1}};
  EXPECT_DOUBLE_EQ(CostPerRow(confusion, {2, 10}), 1.0);
  const Interval interval = CostInterval(confusion, {2, 10});
  EXPECT_NEAR((interval.low + interval.high) / 2, 1, 1e-9);
  EXPECT_NEAR(interval.high - 1, 1.959964 * std::sqrt((2 * 4.0 / 4 - 1) / 4), 1e-5);
}

}  // namespace
}  // namespace reeve::evaluation
