#pragma once

#include <cstdint>
#include <vector>

#include "reeve/base/status.h"
#include "reeve/inference/compact_trees.h"
#include "reeve/inference/forest.h"

namespace reeve::inference {

/// A Forest whose trees are kept as bytes: how models hold, copy and write them. Plain data,
/// checked by Validate.
struct CompactForest {
  std::int64_t features = 0;
  int classes = 2;
  Link link = Link::kLogistic;
  std::vector<float> base_margin;
  CompactTrees trees;
  std::vector<float> leaf_vectors;

  /// REQUIRES: a valid forest.
  static CompactForest From(const Forest& forest);

  /// What the bytes of its trees leave out.
  TreeLayout layout() const {
    return {.features = features, .has_vector_leaves = link == Link::kMean};
  }
  /// Sums that a row has: a start value each, or for kMean `classes` sums of shares.
  std::size_t outputs() const {
    return link == Link::kMean ? static_cast<std::size_t>(classes) : base_margin.size();
  }
  /// The same forest as plain arrays, up to twelve times as large.
  Forest Unpack() const;
  /// kCorrupt for what Forest::Validate refuses.
  Status Validate() const;
};

}  // namespace reeve::inference
