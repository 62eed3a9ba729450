#include "reeve/tuning/compare_imbalance.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/table/table.h"

namespace reeve::tuning {
namespace {

struct Toy {
  Table table;
  std::vector<std::int32_t> labels;

  Problem problem(int classes = 2) const {
    return {.table = &table, .features = {"a", "color"}, .labels = labels, .classes = classes};
  }
};

// One row in eight is positive.
Toy MakeToy(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Toy toy;
  std::vector<double> a;
  std::vector<std::int32_t> colors;
  for (std::size_t i = 0; i < rows; ++i) {
    a.push_back(random.Normal());
    colors.push_back(static_cast<std::int32_t>(random.Below(3)));
    const double z = 1.5 * a.back() + (colors.back() == 1 ? 1 : 0) - 3;
    toy.labels.push_back(random.Uniform() < 1 / (1 + std::exp(-z)));
  }
  toy.table.Add(Column::Numbers("a", ColumnType::kReal, a));
  toy.table.Add(Column::Codes("color", ColumnType::kCategory, colors, {"red", "green", "blue"}));
  return toy;
}

const std::vector<ComparedConfiguration> kConfigurations = {
    {"boosted", {{"n_estimators", "20"}, {"max_depth", "3"}}}, {"logistic", {}}};

TEST(CompareImbalanceTest, EveryTreatmentOfEveryConfigurationIsScored) {
  const Toy toy = MakeToy(900, 1);
  const auto scores = CompareImbalance(toy.problem(), AllRows(900), kConfigurations, {});
  ASSERT_TRUE(scores.ok()) << scores.status().message();
  ASSERT_EQ(scores->size(), 10u);
  for (const TreatmentScores& line : *scores) {
    EXPECT_GT(*line.auc, 0.7) << line.learner << " " << line.imbalance;
    EXPECT_GT(*line.average_precision, 0.25);
    EXPECT_LT(*line.brier, 0.12);
    EXPECT_LT(*line.log_loss, 0.45);
    // A threshold that was tuned on other folds beats 0.5 where classes are that uneven.
    EXPECT_GT(*line.f1_tuned, *line.f1_at_half - 0.03);
    EXPECT_GT(*line.threshold, 0);
    EXPECT_LT(*line.threshold, 0.7);
  }
  EXPECT_EQ(scores->front().learner, "boosted");
  EXPECT_EQ(scores->front().imbalance, "none");
  EXPECT_EQ(scores->back().imbalance, "smote");
}

TEST(CompareImbalanceTest, ThreadsDoNotMatter) {
  const Toy toy = MakeToy(400, 2);
  const auto one = CompareImbalance(toy.problem(), AllRows(400), kConfigurations, {.threads = 1});
  const auto three = CompareImbalance(toy.problem(), AllRows(400), kConfigurations, {.threads = 3});
  ASSERT_TRUE(one.ok() && three.ok());
  for (std::size_t i = 0; i < one->size(); ++i) {
    EXPECT_EQ((*one)[i].log_loss, (*three)[i].log_loss);
    EXPECT_EQ((*one)[i].f1_tuned, (*three)[i].f1_tuned);
  }
}

TEST(CompareImbalanceTest, ManyClassesHaveNoThreshold) {
  Toy toy = MakeToy(600, 3);
  for (std::size_t i = 0; i < 600; i += 5) toy.labels[i] = 2;
  const auto scores = CompareImbalance(toy.problem(3), AllRows(600), {{"logistic", {}}}, {});
  ASSERT_TRUE(scores.ok()) << scores.status().message();
  EXPECT_FALSE(scores->front().f1_tuned.has_value());
  EXPECT_TRUE(scores->front().f1_at_half.has_value());
}

TEST(CompareImbalanceTest, StopsWhenCancelled) {
  const Toy toy = MakeToy(300, 4);
  Cancellation cancellation;
  cancellation.Request(2);
  EXPECT_EQ(CompareImbalance(toy.problem(), AllRows(300), kConfigurations,
                             {.cancellation = &cancellation})
                .status()
                .code(),
            StatusCode::kCancelled);
}

}  // namespace
}  // namespace reeve::tuning
