#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/random.h"
#include "reeve/inference/forest.h"
#include "reeve/learners/quantised.h"

namespace reeve::learners {

enum class Impurity { kGini, kEntropy };

struct TreeOptions {
  Impurity impurity = Impurity::kGini;
  /// Features tried at a node, at least 1.
  std::size_t features_per_node = 1;
  /// Fewest rows of a leaf.
  std::size_t min_leaf_rows = 1;
  /// Deepest level; 0 for no limit.
  std::size_t max_depth = 0;
  /// Most leaves; 0 for no limit.
  std::size_t max_leaves = 0;
  /// Extremely randomised trees (Geurts et al. 2006): one cut of a tried feature, drawn evenly from
  /// the bins that the node's rows span, instead of the best one.
  bool random_cuts = false;
};

/// A tree whose leaves hold class shares: leaf_vector counts from 0 within this tree.
struct GrownTree {
  inference::Tree tree;
  /// `classes` shares for each leaf.
  std::vector<float> shares;
  /// Impurity decrease of the splits on each feature.
  std::vector<double> importance;
  /// The rows that were held out, in some order, and the leaf (row of `shares`) each falls into.
  std::vector<std::uint32_t> held_out;
  std::vector<std::uint32_t> held_out_leaves;
};

/// Rows that a tree grows on; `weights` is one per row of the columns, 0 for rows that take no
/// part.
struct TreeRows {
  const std::vector<QuantisedColumn>& columns;
  std::span<const std::int32_t> labels;
  int classes = 2;
  std::span<const double> weights;
  /// Rows of no weight whose leaves are wanted: they follow the splits without a say in them.
  std::vector<std::uint32_t> held_out = {};
};

GrownTree GrowTree(TreeRows rows, const TreeOptions& options, Random random);

}  // namespace reeve::learners
