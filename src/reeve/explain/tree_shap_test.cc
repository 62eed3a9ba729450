#include "reeve/explain/tree_shap.h"

#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/inference/forest_model.h"
#include "reeve/inference/test_forest.h"

namespace reeve::explain {
namespace {

using inference::CompactForest;
using inference::Forest;
using inference::Link;
using inference::TestForest;
using inference::Tree;

// The definition, feature set by feature set: a row's value where only the features of `known` are.
double ValueOf(const Forest& forest, const Tree& tree, std::size_t output, const Matrix& matrix,
               std::int64_t row, unsigned known, std::size_t node = 0) {
  if (tree.left[node] < 0) {
    if (forest.link != Link::kMean) return tree.threshold[node];
    const auto vector = static_cast<std::size_t>(tree.leaf_vector[node]);
    return forest.leaf_vectors[vector * static_cast<std::size_t>(forest.classes) + output];
  }
  const auto left = static_cast<std::size_t>(tree.left[node]);
  const auto right = static_cast<std::size_t>(tree.right[node]);
  if ((known >> tree.feature[node] & 1U) != 0) {
    const bool goes_left = GoesLeft(tree, node, matrix.at(row, tree.feature[node]));
    return ValueOf(forest, tree, output, matrix, row, known, goes_left ? left : right);
  }
  const double total = tree.cover[left] + tree.cover[right];
  return (tree.cover[left] * ValueOf(forest, tree, output, matrix, row, known, left) +
          tree.cover[right] * ValueOf(forest, tree, output, matrix, row, known, right)) /
         total;
}

double ValueOf(const Forest& forest, std::size_t output, const Matrix& matrix, std::int64_t row,
               unsigned known) {
  double value = forest.link == Link::kMean ? 0 : forest.base_margin[output];
  for (const Tree& tree : forest.trees) {
    if (forest.link == Link::kMean) {
      value += ValueOf(forest, tree, output, matrix, row, known) /
               static_cast<double>(forest.trees.size());
    } else if (static_cast<std::size_t>(tree.output) == output) {
      value += ValueOf(forest, tree, output, matrix, row, known);
    }
  }
  return value;
}

// Shapley's formula over all sets of features.
std::vector<double> ShapleyValues(const Forest& forest, std::size_t output, const Matrix& matrix,
                                  std::int64_t row) {
  const auto features = static_cast<unsigned>(forest.features);
  std::vector<double> by_set(1U << features);
  for (unsigned known = 0; known < by_set.size(); ++known)
    by_set[known] = ValueOf(forest, output, matrix, row, known);
  std::vector<double> values(features);
  for (unsigned known = 0; known < by_set.size(); ++known) {
    const int size = __builtin_popcount(known);
    for (unsigned j = 0; j < features; ++j) {
      if ((known >> j & 1U) != 0) continue;
      const double orders =
          std::tgamma(size + 1.0) * std::tgamma(static_cast<double>(features) - size);
      values[j] += orders / std::tgamma(features + 1.0) * (by_set[known | 1U << j] - by_set[known]);
    }
  }
  return values;
}

inference::FeatureBlock BlockOf(const Matrix& matrix) {
  const auto rows = static_cast<std::size_t>(matrix.rows());
  return {.values = matrix.values().data(), .stride = rows, .rows = rows};
}

struct Case {
  Link link;
  int depth;
  std::int64_t features;
  bool symmetric = false;
};

class TreeShapTest : public testing::TestWithParam<Case> {};

TEST_P(TreeShapTest, EqualsTheDefinition) {
  const Case& c = GetParam();
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    TestForest test(seed, {.features = c.features,
                           .link = c.link,
                           .classes = 3,
                           .trees = 6,
                           .depth = c.depth,
                           .early_leaf = 0.1,
                           .symmetric = c.symmetric});
    const Forest forest = test.Take();
    const auto packed = CompactForest::From(forest);
    const Matrix matrix = test.Rows(11);  // not a multiple of the lanes
    const auto shap = TreeShap::Make(packed);
    ASSERT_TRUE(shap.ok()) << shap.status().message();
    const auto features = static_cast<std::size_t>(c.features);
    std::vector<double> values(11 * features);
    for (std::size_t output = 0; output < shap->outputs(); ++output) {
      shap->Contributions(BlockOf(matrix), output, values);
      for (std::int64_t row = 0; row < matrix.rows(); ++row) {
        const std::vector<double> wanted = ShapleyValues(forest, output, matrix, row);
        for (std::size_t j = 0; j < features; ++j) {
          ASSERT_NEAR(values[static_cast<std::size_t>(row) * features + j], wanted[j], 1e-9)
              << "seed " << seed << " output " << output << " row " << row << " feature " << j;
        }
        EXPECT_NEAR(shap->expected(output), ValueOf(forest, output, matrix, row, 0), 1e-6);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Forests, TreeShapTest,
                         testing::Values(Case{Link::kLogistic, 1, 3}, Case{Link::kLogistic, 6, 5},
                                         Case{Link::kLogistic, 9, 9}, Case{Link::kLogistic, 10, 2},
                                         Case{Link::kSoftmax, 5, 4},
                                         Case{Link::kSoftmax, 5, 4, true},
                                         Case{Link::kMean, 7, 6}));

TEST(TreeShapTest, ARowIsExplainedTheSameAloneAndAmongOthers) {
  TestForest test(2, {.features = 5, .trees = 8, .depth = 6, .early_leaf = 0.1});
  const auto forest = CompactForest::From(test.Take());
  const Matrix matrix = test.Rows(16);
  const auto shap = TreeShap::Make(forest);
  ASSERT_TRUE(shap.ok());
  std::vector<double> together(16 * 5);
  shap->Contributions(BlockOf(matrix), 0, together);
  for (const std::size_t rows : {1U, 3U, 4U, 7U, 9U, 11U}) {
    inference::FeatureBlock some = BlockOf(matrix);
    some.rows = rows;
    std::vector<double> values(rows * 5);
    shap->Contributions(some, 0, values);
    EXPECT_EQ(values, std::vector<double>(together.begin(),
                                          together.begin() + static_cast<std::ptrdiff_t>(rows * 5)))
        << rows;
  }
}

TEST(TreeShapTest, ARowCostsTheTreesOfOneMargin) {
  TestForest test(1, {.features = 4, .link = Link::kSoftmax, .classes = 3, .trees = 6, .depth = 4});
  Forest forest = test.Take();
  const auto three = CompactForest::From(forest);
  const auto of_three = TreeShap::Make(three);
  ASSERT_TRUE(of_three.ok());
  const double cost = of_three->CostPerRow();
  forest.link = Link::kLogistic;
  forest.classes = 2;
  forest.base_margin.resize(1);
  for (Tree& tree : forest.trees) tree.output = 0;
  const auto one = CompactForest::From(forest);
  const auto of_one = TreeShap::Make(one);
  ASSERT_TRUE(of_one.ok());
  EXPECT_DOUBLE_EQ(of_one->CostPerRow(), 3 * cost);
}

TEST(TreeShapTest, DeepTreesStillSumToTheMargin) {
  TestForest test(3, {.features = 300, .trees = 1, .depth = 0});
  Forest forest = test.Take();
  // A chain: each node sends low values of a feature of its own to a leaf.
  constexpr int kDepth = 200;
  Tree chain;
  for (int level = 0; level <= 2 * kDepth; ++level) {
    const bool inner = level % 2 == 0 && level < 2 * kDepth;
    chain.left.push_back(inner ? level + 1 : -1);
    chain.right.push_back(inner ? level + 2 : -1);
    chain.feature.push_back(inner ? level / 2 : 0);
    chain.threshold.push_back(inner ? 0.5F : static_cast<float>(std::sin(level)));
    chain.default_left.push_back(0);
    chain.category_set.push_back(-1);
    chain.cover.push_back(static_cast<float>(2 * kDepth + 1 - level));
  }
  forest.trees = {chain};
  const Matrix matrix = test.Rows(20);
  const auto packed = CompactForest::From(forest);
  const auto shap = TreeShap::Make(packed);
  ASSERT_TRUE(shap.ok()) << shap.status().message();
  std::vector<double> values(20 * 300);
  shap->Contributions(BlockOf(matrix), 0, values);
  const auto model = inference::ForestModel::Make(forest);
  const std::vector<float> margins = (*model)->Margins(matrix);
  for (std::size_t row = 0; row < 20; ++row) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(row * 300);
    EXPECT_NEAR(std::accumulate(first, first + 300, shap->expected(0)), margins[row], 1e-5);
  }
}

TEST(TreeShapTest, NodesThatNoRowReachedCountForHalf) {
  TestForest test(4, {.features = 4, .depth = 4});
  Forest forest = test.Take();
  for (Tree& tree : forest.trees) std::fill(tree.cover.begin(), tree.cover.end(), 0.0F);
  const Matrix matrix = test.Rows(8);
  const auto packed = CompactForest::From(forest);
  const auto shap = TreeShap::Make(packed);
  std::vector<double> values(8 * 4);
  shap->Contributions(BlockOf(matrix), 0, values);
  const std::vector<float> margins = (*inference::ForestModel::Make(forest))->Margins(matrix);
  for (std::size_t row = 0; row < 8; ++row) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(row * 4);
    EXPECT_NEAR(std::accumulate(first, first + 4, shap->expected(0)), margins[row], 1e-5);
  }
}

TEST(TreeShapTest, RefusesForestsWithoutCovers) {
  TestForest test(5, {});
  Forest forest = test.Take();
  forest.trees[3].cover.clear();
  const auto shap = TreeShap::Make(CompactForest::From(forest));
  EXPECT_EQ(shap.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(shap.status().message(), testing::HasSubstr("does not hold the covers"));
}

TEST(TreeShapTest, RefusesTreesThatNoLearnerGrows) {
  TestForest test(6, {.trees = 1, .depth = 0});
  Forest forest = test.Take();
  Tree chain;
  constexpr int kNodes = 2 * static_cast<int>(kMostLevels) + 1;
  for (int node = 0; node < kNodes; ++node) {
    const bool inner = node % 2 == 0 && node + 2 < kNodes;
    chain.left.push_back(inner ? node + 1 : -1);
    chain.right.push_back(inner ? node + 2 : -1);
    chain.feature.push_back(0);
    chain.threshold.push_back(0);
    chain.default_left.push_back(0);
    chain.category_set.push_back(-1);
    chain.cover.push_back(1);
  }
  forest.trees = {chain};
  ASSERT_TRUE(forest.Validate().ok());
  EXPECT_EQ(TreeShap::Make(CompactForest::From(forest)).status().code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace reeve::explain
