// Shapley values of a forest that was read from XGBoost's model are XGBoost's own.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "reeve/explain/tree_shap.h"
#include "reeve/inference/forest_model.h"
#include "reeve/learners/xgboost/test_contributions.h"

namespace reeve::learners {
namespace {

struct Case {
  std::uint64_t seed;
  int classes;
  int depth;
};

class ContributionsTest : public testing::TestWithParam<Case> {};

TEST_P(ContributionsTest, AreXgboostsOwn) {
  const Case& c = GetParam();
  const ContributionRows rows(c.seed, 2000, c.classes, 6);
  const TrainingSet set{.matrix = &rows.matrix, .labels = rows.labels, .classes = c.classes};
  const auto trained = MakeBoosted()->Train(set, {.params = {{"n_estimators", "40"},
                                                             {"max_depth", std::to_string(c.depth)},
                                                             {"learning_rate", "0.3"}}});
  ASSERT_TRUE(trained.ok()) << trained.status().message();
  const inference::CompactForest& forest =
      dynamic_cast<const inference::ForestModel&>(*trained->model).forest();
  const ContributionRows fresh(c.seed + 100, 300, c.classes, 6);
  const std::vector<float> theirs =
      XgboostContributions(trained->native_bytes, fresh.matrix, 1).Compute();
  const auto shap = explain::TreeShap::Make(forest);
  ASSERT_TRUE(shap.ok()) << shap.status().message();
  const auto features = static_cast<std::size_t>(forest.features);
  ASSERT_EQ(theirs.size(), 300 * shap->outputs() * (features + 1));
  std::vector<double> ours(300 * features);
  const std::vector<float> margins =
      dynamic_cast<const inference::ForestModel&>(*trained->model).Margins(fresh.matrix);
  for (std::size_t output = 0; output < shap->outputs(); ++output) {
    shap->Contributions({.values = fresh.matrix.values().data(), .stride = 300, .rows = 300},
                        output, ours);
    double largest = 0, difference = 0;
    for (std::size_t row = 0; row < 300; ++row) {
      const float* const wanted = theirs.data() + (row * shap->outputs() + output) * (features + 1);
      double sum = shap->expected(output);
      for (std::size_t j = 0; j < features; ++j) {
        const double value = ours[row * features + j];
        sum += value;
        largest = std::max(largest, std::abs(value));
        difference = std::max(difference, std::abs(value - static_cast<double>(wanted[j])));
      }
      EXPECT_NEAR(shap->expected(output), wanted[features], 1e-5);
      EXPECT_NEAR(sum, margins[row * shap->outputs() + output], 2e-5);
    }
    EXPECT_LT(difference, 1e-5 * largest);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ContributionsTest,
                         testing::Values(Case{1, 2, 1}, Case{2, 2, 4}, Case{3, 2, 6}, Case{4, 2, 9},
                                         Case{5, 3, 4}, Case{6, 5, 6}));

}  // namespace
}  // namespace reeve::learners
