#pragma once

#include <cstdint>
#include <vector>

#include "reeve/base/status.h"

namespace reeve::inference {

/// One binary tree in arrays, node 0 the root; children come after their parent, so a walk ends.
///
/// A row goes left at a numeric node when `x < threshold`, at a categorical node when its code is
/// NOT in the set; a missing value (NaN) goes left when `default_left`. (XGBoost's rules, kept
/// exactly.)
struct Tree {
  /// Index of the child, -1 at a leaf.
  std::vector<std::int32_t> left, right;
  /// Matrix column that an inner node looks at.
  std::vector<std::int32_t> feature;
  /// Threshold of an inner numeric node. At a leaf: its value, or, in forests with vector leaves,
  /// unused.
  std::vector<float> threshold;
  std::vector<std::uint8_t> default_left;
  /// -1 at leaves and numeric nodes, else the index into category_sets.
  std::vector<std::int32_t> category_set;
  /// Sets of codes as bits: code c is in the set when word c/32 exists and bit c%32 is 1.
  std::vector<std::vector<std::uint32_t>> category_sets;
  /// Forests with vector leaves: row of leaf_vectors for each leaf, -1 elsewhere. Else empty.
  std::vector<std::int32_t> leaf_vector;
  /// How much of the training rows reached each node: the sum of their second derivatives (boosted
  /// trees, XGBoost's sum_hessian) or of their weights (random forests). Only ratios of children
  /// matter: explanations take them for how likely a row is to go either way. Finite, at least 0;
  /// empty where it was not kept.
  std::vector<float> cover;
  /// Scalar leaves: the output (class) this tree adds to.
  std::int32_t output = 0;

  std::size_t size() const { return left.size(); }
  /// Makes it `nodes` leaves of value 0, without vectors, sets and covers; the output stays.
  void Reset(std::size_t nodes);
};

/// Whether `value` goes left at the inner node `node`: the rules of Tree. Category codes are whole
/// numbers from 0; anything else is in no set. REQUIRES: a valid tree (Forest::Validate).
bool GoesLeft(const Tree& tree, std::size_t node, float value);

/// How the sums over trees become probabilities.
enum class Link {
  /// One output: p = 1 / (1 + exp(-margin)).
  kLogistic,
  /// One output per class: softmax over margins.
  kSoftmax,
  /// Vector leaves holding class shares: the mean over trees, normalised.
  kMean,
};

/// A forest: what boosting and random forests come to. Plain data, checked by Validate.
struct Forest {
  std::int64_t features = 0;
  int classes = 2;
  Link link = Link::kLogistic;
  /// One start value per output (one for kLogistic, `classes` for kSoftmax, none for kMean).
  std::vector<float> base_margin;
  std::vector<Tree> trees;
  /// kMean: `classes` float32 shares for each vector leaf of all trees, row-major.
  std::vector<float> leaf_vectors;

  /// kCorrupt when any index is out of range, a child does not come after its one parent, or sizes
  /// differ.
  Status Validate() const;
  /// What Validate asks of everything but the trees, of which there are `tree_count`.
  Status ValidateFrame(std::size_t tree_count) const;
  /// What it asks of each tree. REQUIRES: ValidateFrame is content.
  Status ValidateTree(const Tree& tree) const;
};

}  // namespace reeve::inference
