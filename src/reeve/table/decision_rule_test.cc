#include "reeve/table/decision_rule.h"

#include <limits>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve {
namespace {

CostMatrix Uniform(int classes) {
  CostMatrix costs{.classes = classes,
                   .values = std::vector<double>(static_cast<std::size_t>(classes * classes), 1)};
  for (int c = 0; c < classes; ++c) costs.at(c, c) = 0;
  return costs;
}

std::vector<double> RandomRow(int classes, Random& random) {
  std::vector<double> row;
  double sum = 0;
  for (int c = 0; c < classes; ++c) {
    row.push_back(random.Uniform());
    sum += row.back();
  }
  for (double& p : row) p /= sum;
  return row;
}

TEST(DecisionRuleTest, EqualCostsDecideForTheMostProbableClass) {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const int classes = 3 + i % 5;
    const std::vector<double> row = RandomRow(classes, random);
    EXPECT_EQ(CheapestClass(Uniform(classes), row), Decide(row, 0.5));
  }
}

TEST(DecisionRuleTest, NoClassIsCheaperThanTheDecidedOne) {
  Random random(2);
  for (int i = 0; i < 2000; ++i) {
    const int classes = 2 + i % 4;
    CostMatrix costs = Uniform(classes);
    for (double& cost : costs.values) cost *= 10 * random.Uniform();
    const std::vector<double> row = RandomRow(classes, random);
    const auto expected = [&](int decided) {
      double sum = 0;
      for (int t = 0; t < classes; ++t)
        sum += row[static_cast<std::size_t>(t)] * costs.at(t, decided);
      return sum;
    };
    const int decided = CheapestClass(costs, row);
    for (int c = 0; c < classes; ++c) EXPECT_LE(expected(decided), expected(c));
  }
}

TEST(DecisionRuleTest, ADearMistakeIsAvoidedByDecidingForTheUnlikelierClass) {
  // Missing class 2 costs ten times any other mistake: it is decided from a tenth on.
  CostMatrix costs = Uniform(3);
  costs.at(2, 0) = costs.at(2, 1) = 10;
  const std::vector<double> unlikely = {0.7, 0.25, 0.05}, likely_enough = {0.6, 0.28, 0.12};
  EXPECT_EQ(DecisionRule(0.5, costs).Decide(unlikely), 0);
  EXPECT_EQ(DecisionRule(0.5, costs).Decide(likely_enough), 2);
  EXPECT_EQ(DecisionRule().Decide(likely_enough), 0);
}

TEST(DecisionRuleTest, AmongEquallyCheapClassesTheMostProbableIsDecided) {
  // Nothing that is decided costs a row of class 2 anything.
  const CostMatrix costs{.classes = 3, .values = {0, 1, 1, 1, 0, 1, 0, 0, 0}};
  EXPECT_EQ(CheapestClass(costs, std::vector<double>{0.0, 0.0, 1.0}), 2);
  EXPECT_EQ(CheapestClass(costs, std::vector<double>{0.25, 0.25, 0.5}), 0);
}

TEST(DecisionRuleTest, TwoClassesAreDecidedByTheThreshold) {
  const CostMatrix costs{.classes = 2, .values = {0, 1, 4, 0}};
  const std::vector<double> row = {0.7, 0.3};
  EXPECT_EQ(DecisionRule(0.5, costs).Decide(row), 0);
  EXPECT_EQ(DecisionRule(0.25, costs).Decide(row), 1);
}

TEST(DecisionRuleTest, OnlyCostsThatMakeSenseAreValid) {
  EXPECT_TRUE(Uniform(3).IsValid());
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (const double wrong : {-1.0, kInfinity, kNan, 2 * CostMatrix::kMost}) {
    CostMatrix costs = Uniform(3);
    costs.at(0, 1) = wrong;
    EXPECT_FALSE(costs.IsValid()) << wrong;
  }
  CostMatrix right_costs = Uniform(3);
  right_costs.at(1, 1) = 1;
  EXPECT_FALSE(right_costs.IsValid());
  EXPECT_FALSE((CostMatrix{.classes = 2, .values = {0, 0, 0, 0}}.IsValid()));
  EXPECT_FALSE((CostMatrix{.classes = 2, .values = {0, 1, 1}}.IsValid()));
  EXPECT_FALSE((CostMatrix{.classes = 1, .values = {0}}.IsValid()));
}

}  // namespace
}  // namespace reeve
