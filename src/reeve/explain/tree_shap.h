#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/explain/gauss_legendre.h"
#include "reeve/explain/tree_walk.h"
#include "reeve/inference/compact_forest.h"
#include "reeve/inference/model.h"

namespace reeve::explain {

/// Shapley values of a forest's features (Lundberg, Erion and Lee 2018, "path dependent"): how much
/// each feature moved one row's sum away from the sum that is expected when nothing is known of it.
///
/// A feature that is not known sends a row to both children of its splits, in the ratio of their
/// covers. With that rule the value of a leaf is a product over the features of its path, and a
/// Shapley value an integral over [0, 1] of such products, each factor going from "not known" to
/// "known": a polynomial, which Gauss and Legendre's rule sums exactly with half as many points as
/// there are features on the longest path. Each tree is walked once for eight rows at a time
/// (single rows alone), down with the products and back with the sums of leaves, so a row costs
/// nodes x points and not leaves x depth². Paths of more than 128 different features are summed
/// with 64 points, which is then close and no longer exact.
///
/// The values are those of XGBoost's pred_contribs (learners/xgboost/contributions_test.cc). For
/// each row they sum to the model's sum less expected(), to rounding. In units of the margin
/// (log-odds) for kLogistic and kSoftmax; for kMean of the mean of shares (a probability).
///
/// Trees that differ in their leaves' values alone, such as those of a round of symmetric boosting,
/// are held once.
///
/// Immutable; safe to use from many threads.
class TreeShap {
 public:
  /// `forest` has to be valid and to outlive the result. Fails as WalkTree does.
  static Result<TreeShap> Make(const inference::CompactForest& forest);

  /// Sums that can be explained: one per margin, or per class for kMean.
  std::size_t outputs() const { return expected_.size(); }
  /// The sum of a row of which nothing is known.
  double expected(std::size_t output) const { return expected_[output]; }
  /// Writes the contribution of every feature to the sum `output`, row-major, block.rows x
  /// features. REQUIRES: output < outputs(), out.size() fits.
  void Contributions(const inference::FeatureBlock& block, std::size_t output,
                     std::span<double> out) const;

  /// Nodes times points of the trees that a row goes through.
  double CostPerRow() const;

 private:
  template <std::size_t kLanes>
  struct Kernel;

  /// A tree but for its leaves' values, with the walk through it.
  struct Shape {
    inference::Tree tree;
    TreeWalk walk;
    /// Points of the rule that sums it.
    std::size_t points = 1;
  };
  /// A tree of the forest.
  struct Member {
    std::size_t shape = 0;
    /// That it adds to; of vector leaves nothing.
    std::size_t output = 0;
    /// Of the leaves in the order of the walk; none of vector leaves.
    std::vector<float> values;
  };

  explicit TreeShap(const inference::CompactForest& forest);
  Status AddShape(const inference::Tree& tree);
  void AddMember(const inference::Tree& tree);
  /// Rows `first` to `end`, so many of them together.
  template <std::size_t kLanes>
  void ExplainRows(const inference::FeatureBlock& block, std::size_t output, std::size_t first,
                   std::size_t end, std::span<double> out) const;
  bool has_vector_leaves() const { return forest_->link == inference::Link::kMean; }
  /// Of the leaf `node`, the `leaf_idx`-th of the walk.
  double LeafValue(const Member& member, std::size_t node, std::size_t leaf_idx,
                   std::size_t output) const;
  void AddExpected(const Member& member);

  const inference::CompactForest* forest_;
  std::vector<Shape> shapes_;
  std::vector<Member> members_;
  /// rules_[n] has n points, or none where no tree needs it.
  std::vector<Quadrature> rules_;
  std::vector<double> expected_;
};

}  // namespace reeve::explain
