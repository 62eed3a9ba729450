#include "reeve/learners/forest/grow_tree.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/inference/forest_model.h"

namespace reeve::learners {
namespace {

// A tree grown to the end tells every training row apart: walking by values gives the label of
// each.
TEST(GrowTreeTest, WalkingByValuesReachesTheGrownLeaves) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Random random(seed);
    Matrix matrix(
        200,
        {{.name = "x"}, {.name = "c", .is_categorical = true, .cardinality = 300}, {.name = "id"}});
    std::vector<std::int32_t> labels;
    for (std::size_t row = 0; row < 200; ++row) {
      matrix.column(0)[row] = random.Uniform() < 0.2 ? NAN : static_cast<float>(random.Normal());
      matrix.column(1)[row] = random.Uniform() < 0.2 ? NAN : static_cast<float>(random.Below(300));
      matrix.column(2)[row] = static_cast<float>(row);  // so that no two rows are alike
      labels.push_back(static_cast<std::int32_t>(random.Below(3)));
    }
    const auto columns = Quantise(matrix, 1).columns;
    const std::vector<double> weights(200, 1.0);
    GrownTree grown =
        GrowTree({.columns = columns, .labels = labels, .classes = 3, .weights = weights},
                 {.features_per_node = 2}, Random(seed));
    inference::Forest forest{.features = 3,
                             .classes = 3,
                             .link = inference::Link::kMean,
                             .trees = {grown.tree},
                             .leaf_vectors = grown.shares};
    const auto model = inference::ForestModel::Make(forest);
    ASSERT_TRUE(model.ok()) << model.status().message();
    const Probabilities p = (*model)->Predict(matrix);
    for (std::int64_t row = 0; row < 200; ++row)
      EXPECT_EQ(p.at(row, labels[static_cast<std::size_t>(row)]), 1);
  }
}

TEST(GrowTreeTest, FindsTheBestSplitOfATinyTable) {
  Matrix matrix(6, {{.name = "x"}});
  const float values[] = {1, 2, 3, 10, 11, 12};
  std::copy(std::begin(values), std::end(values), matrix.column(0).begin());
  const std::vector<std::int32_t> labels = {0, 0, 0, 1, 1, 1};
  const std::vector<double> weights(6, 1.0);
  const auto columns = Quantise(matrix, 1).columns;
  const GrownTree grown = GrowTree(
      {.columns = columns, .labels = labels, .classes = 2, .weights = weights}, {}, Random(1));
  ASSERT_EQ(grown.tree.size(), 3u);
  EXPECT_EQ(grown.tree.threshold[0], 6.5F);
  EXPECT_EQ(grown.shares, (std::vector<float>{1, 0, 0, 1}));
  EXPECT_NEAR(grown.importance[0], 3, 1e-9);  // 6 rows x Gini 1/2, all gone
}

// Random cuts lie evenly over the bins that the rows span, tell all rows apart in the end, and
// depend on the stream alone.
TEST(GrowTreeTest, RandomCutsAreDrawnFromTheSpan) {
  Matrix matrix(101, {{.name = "x"}, {.name = "c", .is_categorical = true, .cardinality = 4}});
  std::vector<std::int32_t> labels;
  for (std::size_t row = 0; row < 101; ++row) {
    matrix.column(0)[row] = static_cast<float>(row);
    matrix.column(1)[row] = row % 9 == 0 ? NAN : static_cast<float>(row % 4);
    labels.push_back(static_cast<std::int32_t>((row * row / 7) % 2));
  }
  const auto columns = Quantise(matrix, 1).columns;
  const std::vector<double> weights(101, 1.0);
  const TreeRows rows{.columns = columns, .labels = labels, .classes = 2, .weights = weights};
  double sum = 0;
  int low = 0, high = 0, cuts = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const TreeOptions options{.features_per_node = 1, .random_cuts = true};
    const GrownTree grown = GrowTree(rows, options, Random(seed));
    EXPECT_EQ(grown.tree.threshold, GrowTree(rows, options, Random(seed)).tree.threshold);
    const auto model =
        inference::ForestModel::Make(inference::Forest{.features = 2,
                                                       .classes = 2,
                                                       .link = inference::Link::kMean,
                                                       .trees = {grown.tree},
                                                       .leaf_vectors = grown.shares});
    ASSERT_TRUE(model.ok()) << model.status().message();
    const Probabilities p = (*model)->Predict(matrix);
    for (std::int64_t row = 0; row < 101; ++row)
      ASSERT_EQ(p.at(row, labels[static_cast<std::size_t>(row)]), 1);
    if (grown.tree.feature[0] != 0) continue;
    ++cuts;
    sum += static_cast<double>(grown.tree.threshold[0]);
    low += grown.tree.threshold[0] < 25;
    high += grown.tree.threshold[0] > 75;
  }
  EXPECT_NEAR(cuts, 100, 35);
  EXPECT_NEAR(sum / cuts, 50, 10);
  EXPECT_NEAR(low, cuts * 0.25, 15);
  EXPECT_NEAR(high, cuts * 0.25, 15);
}

TEST(GrowTreeTest, LimitsAreKept) {
  Random random(3);
  Matrix matrix(500, {{.name = "x"}, {.name = "y"}});
  std::vector<std::int32_t> labels;
  for (std::size_t row = 0; row < 500; ++row) {
    matrix.column(0)[row] = static_cast<float>(random.Normal());
    matrix.column(1)[row] = static_cast<float>(random.Normal());
    labels.push_back(static_cast<std::int32_t>(random.Below(2)));
  }
  const auto columns = Quantise(matrix, 1).columns;
  const std::vector<double> weights(500, 1.0);
  const TreeRows rows{.columns = columns, .labels = labels, .classes = 2, .weights = weights};
  EXPECT_LE(GrowTree(rows, {.max_depth = 3}, Random(1)).tree.size(), 15u);
  EXPECT_EQ(GrowTree(rows, {.max_leaves = 7}, Random(1)).shares.size(), 14u);
  EXPECT_EQ(GrowTree(rows, {.min_leaf_rows = 300}, Random(1)).tree.size(), 1u);
}

}  // namespace
}  // namespace reeve::learners
