#include "reeve/evaluation/cost.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/evaluation/metric.h"

namespace reeve::evaluation {
namespace {

struct Sample {
  std::vector<std::int32_t> labels;
  std::vector<double> probabilities;
};

Probabilities OfPositives(const std::vector<double>& positives) {
  Probabilities probabilities(static_cast<std::int64_t>(positives.size()), 2);
  for (std::size_t i = 0; i < positives.size(); ++i) {
    const auto row = probabilities.mutable_row(static_cast<std::int64_t>(i));
    row[0] = 1 - positives[i];
    row[1] = positives[i];
  }
  return probabilities;
}

double CostAt(double threshold, const CostMatrix& costs, const Sample& sample) {
  return SummarizeCosts(costs, threshold, sample.labels, OfPositives(sample.probabilities)).chosen;
}

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

TEST(ParseCostsOfTwoTest, ReadsBothInAnyOrder) {
  const auto costs = ParseCostsOfTwo("fn=5, fp=0.5");
  ASSERT_TRUE(costs.ok()) << costs.status().message();
  EXPECT_EQ(costs->at(0, 1), 0.5);
  EXPECT_EQ(costs->at(1, 0), 5);
  EXPECT_DOUBLE_EQ(BayesThreshold(*ParseCostsOfTwo("fp=1,fn=4")), 0.2);
}

TEST(ParseCostsOfTwoTest, NamesWhatIsWrong) {
  for (const char* const wrong :
       {"", "fp=1", "fn=1", "fp=1,fn", "fp=1,fn=x", "fp=-1,fn=2", "fp=1,fn=inf", "fp=1,fn=nan",
        "fp=1e16,fn=1", "fp=0,fn=0", "fp=1,fp=2,fn=1", "tp=1,fn=2"}) {
    const auto costs = ParseCostsOfTwo(wrong);
    EXPECT_EQ(costs.status().code(), StatusCode::kInvalidArgument) << wrong;
    EXPECT_THAT(costs.status().message(), testing::HasSubstr("fp=1,fn=5"));
  }
}

TEST(CostTest, RightProbabilitiesGetTheBayesThreshold) {
  const CostMatrix costs = CostsOfTwo(1, 4);
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
  const CostMatrix costs = CostsOfTwo(1, 4);
  // All told three times too far from one half on the logarithm of the odds.
  const Sample sample = MakeSample(4000, 3, 7);
  const CostThreshold choice = ChooseCostThreshold(costs, sample.labels, sample.probabilities);
  EXPECT_EQ(choice.rule, CostRule::kEmpirical);
  const double right = 1 / (1 + std::exp(3 * std::log(4.0)));
  EXPECT_LT(std::abs(std::log(choice.threshold / right)), 1.5);
  EXPECT_LT(CostAt(choice.threshold, costs, sample), CostAt(BayesThreshold(costs), costs, sample));
}

TEST(CostTest, NoThresholdIsCheaperThanTheEmpiricalOne) {
  const CostMatrix costs = CostsOfTwo(3, 1);
  const Sample sample = MakeSample(500, 3, 9);
  const CostThreshold choice = ChooseCostThreshold(costs, sample.labels, sample.probabilities);
  if (choice.rule != CostRule::kEmpirical) GTEST_SKIP() << "Bayes was as good";
  const double cost = CostAt(choice.threshold, costs, sample);
  for (int i = 0; i <= 200; ++i) EXPECT_GE(CostAt(i / 200.0, costs, sample), cost - 1e-12);
}

TEST(CostTest, NeverPositiveWhereEveryAlarmIsWrong) {
  // The most probable rows are negative: any alarm costs more than all misses.
  const std::vector<std::int32_t> labels = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const std::vector<double> probabilities = {0.9, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.1};
  const CostThreshold choice = ChooseCostThreshold(CostsOfTwo(1, 1), labels, probabilities);
  EXPECT_EQ(choice.rule, CostRule::kEmpirical);
  EXPECT_EQ(choice.threshold, 1);
}

TEST(CostTest, OneClassFallsBackToBayes) {
  const CostThreshold choice = ChooseCostThreshold(
      CostsOfTwo(1, 3), std::vector<std::int32_t>{1, 1}, std::vector<double>{0.1, 0.9});
  EXPECT_EQ(choice.rule, CostRule::kBayes);
  EXPECT_DOUBLE_EQ(choice.threshold, 0.25);
}

TEST(CostTest, SummaryCountsEachWayOfDeciding) {
  const std::vector<std::int32_t> labels = {0, 0, 0, 1};
  const CostMatrix costs = CostsOfTwo(2, 10);
  const CostSummary summary =
      SummarizeCosts(costs, 0.4, labels, OfPositives({0.1, 0.4, 0.7, 0.45}));
  EXPECT_EQ(summary.rows, 4);
  EXPECT_DOUBLE_EQ(summary.chosen, (2 + 2) / 4.0);
  EXPECT_DOUBLE_EQ(summary.plain, (2 + 10) / 4.0);
  EXPECT_EQ(summary.always, (std::vector<double>{10 / 4.0, 6 / 4.0}));
  EXPECT_EQ(summary.CheapestConstant(), 1u);
  const ConfusionMatrix confusion{.classes = 2, .counts = {1, 2, 0, 1}};
  EXPECT_DOUBLE_EQ(CostPerRow(confusion, costs), 1.0);
  const Interval interval = CostInterval(confusion, costs);
  EXPECT_NEAR((interval.low + interval.high) / 2, 1, 1e-9);
  EXPECT_NEAR(interval.high - 1, 1.959964 * std::sqrt((2 * 4.0 / 4 - 1) / 4), 1e-5);
}

// Probabilities that are right, of three classes; what is decided is compared on what then happens.
TEST(CostTest, DecidingByCostsIsCheaperThanForTheMostProbableClass) {
  Random random(11);
  const CostMatrix costs{.classes = 3, .values = {0, 1, 2, 3, 0, 1, 20, 8, 0}};
  constexpr std::int64_t kRows = 20'000;
  Probabilities probabilities(kRows, 3);
  std::vector<std::int32_t> labels;
  double expected = 0;
  for (std::int64_t i = 0; i < kRows; ++i) {
    const auto row = probabilities.mutable_row(i);
    double sum = 0;
    for (double& p : row) sum += p = -std::log(1 - random.Uniform());
    for (double& p : row) p /= sum;
    const double u = random.Uniform();
    labels.push_back(u < row[0] ? 0 : u < row[0] + row[1] ? 1 : 2);
    const int decided = CheapestClass(costs, row);
    for (int t = 0; t < 3; ++t) expected += row[static_cast<std::size_t>(t)] * costs.at(t, decided);
  }
  const DecisionRule rule(0.5, costs);
  const CostSummary summary = SummarizeCosts(costs, rule, labels, probabilities);
  EXPECT_LT(summary.chosen, 0.7 * summary.plain);
  EXPECT_LT(summary.chosen, summary.always[summary.CheapestConstant()]);
  // What was expected is what it comes to.
  EXPECT_NEAR(summary.chosen, expected / kRows, 0.05);
  const auto score = Score(Metric::kCost, labels, probabilities, rule, {});
  ASSERT_TRUE(score.ok());
  EXPECT_DOUBLE_EQ(*score, summary.chosen);
  const auto interval = ConfidenceInterval(Metric::kCost, labels, probabilities, {.rule = rule});
  EXPECT_LT(interval->low, summary.chosen);
  EXPECT_GT(interval->high, summary.chosen);
}

TEST(CostTest, TheMetricNeedsCosts) {
  const std::vector<std::int32_t> labels = {0, 1};
  EXPECT_EQ(Score(Metric::kCost, labels, OfPositives({0.1, 0.9}), 0.5, {}).status().code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace reeve::evaluation
