#include "reeve/explain/tree_shap.h"

#include <algorithm>

namespace reeve::explain {

using inference::CompactForest;
using inference::FeatureBlock;
using inference::Link;
using inference::Tree;

namespace {

// Rows that go through a tree together, and how many that costs less for than one by one.
constexpr std::size_t kMostLanes = 8, kFewestLanes = 3;
constexpr std::size_t kMostPoints = 64;

std::size_t PointsFor(const TreeWalk& walk) {
  // A contribution's integrand has one factor less than there are features.
  return std::clamp((walk.different_features + 1) / 2, std::size_t{1}, kMostPoints);
}

// What is kept of the path to the current node, one for each level.
struct Level {
  const TreeWalk::Step* step = nullptr;
  /// 1 for rows that take the edge to this level, else 0.
  double* takes = nullptr;
  /// The same for rows that also took every edge above on its feature.
  double* took_all = nullptr;
  /// 1 for rows that go left at this level's node.
  double* left = nullptr;
  /// Product of the factors of all features on the path, points x lanes.
  double* product = nullptr;
  /// Leaves below so far, value times product, points x lanes.
  double* sum = nullptr;
  /// Of each point, for rows that took all: 1 / factor, and the factor's logarithmic derivative.
  double* inverse = nullptr;
  double* drift = nullptr;
};

// The levels of one tree and the memory behind them.
template <std::size_t kLanes>
class Levels {
 public:
  void Resize(std::size_t levels, std::size_t points) {
    const std::size_t each = 3 * kLanes + 2 * points * kLanes + 2 * points;
    if (memory_.size() < levels * each) memory_.resize(levels * each);
    levels_.resize(levels);
    for (std::size_t i = 0; i < levels; ++i) {
      double* const at = memory_.data() + i * each;
      double* const products = at + 3 * kLanes;
      double* const sums = products + points * kLanes;
      levels_[i] = {.takes = at,
                    .took_all = at + kLanes,
                    .left = at + 2 * kLanes,
                    .product = products,
                    .sum = sums,
                    .inverse = sums + points * kLanes,
                    .drift = sums + points * kLanes + points};
    }
  }
  Level& operator[](std::size_t level) { return levels_[level]; }

 private:
  std::vector<double> memory_;
  std::vector<Level> levels_;
};

}  // namespace

// kLanes rows through the trees, one tree after the other. What is said of a row is the same to the
// last bit for any number of lanes: none of them knows of the others.
//
// At the point t of the rule an edge's factor is t + (1 - t) merged for rows that take it and every
// edge above on its feature, and (1 - t) merged for the others. It replaces the factor of the edge
// above on the same feature, so on the way down products are multiplied by the ratio of the two; on
// the way back the leaves below an edge count with the derivative of its own factor and no longer
// with that of the edge above.
template <std::size_t kLanes>
struct TreeShap::Kernel {
  const TreeShap& shap;
  const FeatureBlock& block;
  std::size_t output = 0;
  /// Rows of the lanes. Behind the block's end they repeat its last row.
  std::size_t rows[kLanes] = {};
  const Member* member = nullptr;
  const Tree* tree = nullptr;
  const Quadrature* rule = nullptr;
  /// Leaves of the walk that were passed.
  std::size_t leaves_passed = 0;
  Levels<kLanes> levels = {};
  /// features x lanes.
  std::vector<double> sums = {};

  void RunTree(const Member& one) {
    const Shape& shape = shap.shapes_[one.shape];
    const TreeWalk& walk = shape.walk;
    member = &one;
    tree = &shape.tree;
    rule = &shap.rules_[shape.points];
    leaves_passed = 0;
    levels.Resize(walk.levels, rule->points.size());
    std::size_t current = 0;
    for (const TreeWalk::Step& step : walk.steps) {
      for (; current > 0 && current >= step.level; --current) Close(levels[current]);
      current = step.level;
      Open(step);
    }
    for (; current > 0; --current) Close(levels[current]);
  }

  void Open(const TreeWalk::Step& step) {
    Level& at = levels[step.level];
    at.step = &step;
    const std::size_t count = rule->points.size() * kLanes;
    if (step.level == 0) {
      std::fill_n(at.product, count, 1.0);
    } else {
      Descend(step, at);
    }
    if (tree->left[step.node] < 0) {
      const double value = shap.LeafValue(*member, step.node, leaves_passed++, output);
      for (std::size_t i = 0; i < count; ++i) at.sum[i] = value * at.product[i];
      return;
    }
    std::fill_n(at.sum, count, 0.0);
    const auto feature = static_cast<std::size_t>(tree->feature[step.node]);
    const float* const column = block.values + feature * block.stride;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float value = column[rows[lane] * block.row_stride];
      at.left[lane] = GoesLeft(*tree, step.node, value) ? 1.0 : 0.0;
    }
  }

  void Descend(const TreeWalk::Step& step, Level& at) {
    const Level& parent = levels[step.level - 1U];
    const Level* const above = step.previous > 0 ? &levels[step.previous] : nullptr;
    double took_above[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      took_above[lane] = above != nullptr ? above->took_all[lane] : 1.0;
      at.takes[lane] = step.is_left ? parent.left[lane] : 1.0 - parent.left[lane];
      at.took_all[lane] = at.takes[lane] * took_above[lane];
    }
    for (std::size_t q = 0; q < rule->points.size(); ++q) {
      const double t = rule->points[q];
      const double missed = (1 - t) * step.merged, factor = t + missed;
      const double undo = above != nullptr ? above->inverse[q] : 1.0;
      at.inverse[q] = 1 / factor;
      at.drift[q] = (1 - step.merged) * at.inverse[q];
      const double if_taken = factor * undo, if_missed = missed * undo;
      const double* const from = parent.product + q * kLanes;
      double* const to = at.product + q * kLanes;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        // Rows that left the feature's edges above already had a factor with `merged` alone.
        const double ratio = at.takes[lane] != 0 ? if_taken : if_missed;
        to[lane] = from[lane] * (took_above[lane] != 0 ? ratio : step.chance);
      }
    }
  }

  void Close(const Level& at) {
    const TreeWalk::Step& step = *at.step;
    const Level& parent = levels[step.level - 1U];
    const Level* const above = step.previous > 0 ? &levels[step.previous] : nullptr;
    double moved[kLanes] = {};
    for (std::size_t q = 0; q < rule->points.size(); ++q) {
      const double replaced = above != nullptr ? above->drift[q] : 0.0;
      const double if_taken = rule->weights[q] * (at.drift[q] - replaced);
      const double if_missed = rule->weights[q] * (-1 / (1 - rule->points[q]) - replaced);
      const double* const sum = at.sum + q * kLanes;
      double* const to = parent.sum + q * kLanes;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        moved[lane] += sum[lane] * (at.takes[lane] != 0 ? if_taken : if_missed);
        to[lane] += sum[lane];
      }
    }
    // For rows that left above, this edge changes nothing about the feature.
    double* const out = sums.data() + static_cast<std::size_t>(step.feature) * kLanes;
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      out[lane] += above == nullptr || above->took_all[lane] != 0 ? moved[lane] : 0.0;
  }
};

TreeShap::TreeShap(const CompactForest& forest) : forest_(&forest), rules_(kMostPoints + 1) {
  expected_.assign(forest.base_margin.begin(), forest.base_margin.end());
  if (has_vector_leaves()) expected_.assign(forest.outputs(), 0.0);
}

Result<TreeShap> TreeShap::Make(const CompactForest& forest) {
  TreeShap shap(forest);
  inference::CompactTrees::Cursor trees(forest.trees);
  while (const Tree* const tree = trees.Next()) {
    const bool is_known = trees.has_same_shape() && !shap.has_vector_leaves();
    if (!is_known) REEVE_RETURN_IF_ERROR(shap.AddShape(*tree));
    shap.AddMember(*tree);
  }
  return shap;
}

Status TreeShap::AddShape(const Tree& tree) {
  Shape shape{.tree = tree};
  REEVE_ASSIGN_OR_RETURN(shape.walk, WalkTree(tree, forest_->features));
  shape.points = PointsFor(shape.walk);
  if (rules_[shape.points].points.empty()) rules_[shape.points] = GaussLegendre(shape.points);
  // The walk holds what they say.
  shape.tree.cover = {};
  shapes_.push_back(std::move(shape));
  return Status::Ok();
}

void TreeShap::AddMember(const Tree& tree) {
  Member member{.shape = shapes_.size() - 1};
  if (!has_vector_leaves()) {
    member.output = static_cast<std::size_t>(tree.output);
    for (const TreeWalk::Step& step : shapes_.back().walk.steps) {
      if (tree.left[step.node] < 0) member.values.push_back(tree.threshold[step.node]);
    }
    member.values.shrink_to_fit();
  }
  AddExpected(member);
  members_.push_back(std::move(member));
}

double TreeShap::LeafValue(const Member& member, std::size_t node, std::size_t leaf_idx,
                           std::size_t output) const {
  if (!has_vector_leaves()) return member.values[leaf_idx];
  const auto row = static_cast<std::size_t>(shapes_[member.shape].tree.leaf_vector[node]);
  return static_cast<double>(forest_->leaf_vectors[row * expected_.size() + output]) /
         static_cast<double>(forest_->trees.size());
}

double TreeShap::CostPerRow() const {
  double cost = 0;
  for (const Member& member : members_) {
    const Shape& shape = shapes_[member.shape];
    cost += static_cast<double>(shape.walk.steps.size() * shape.points);
  }
  // A row goes through the trees of one margin alone.
  return has_vector_leaves() ? cost : cost / static_cast<double>(outputs());
}

void TreeShap::AddExpected(const Member& member) {
  const Shape& shape = shapes_[member.shape];
  const std::size_t first = member.output;
  const std::size_t last = has_vector_leaves() ? expected_.size() : first + 1;
  std::vector<double> reach(shape.walk.levels, 1.0);
  std::size_t leaf_idx = 0;
  for (const TreeWalk::Step& step : shape.walk.steps) {
    if (step.level > 0) reach[step.level] = reach[step.level - 1U] * step.chance;
    if (shape.tree.left[step.node] >= 0) continue;
    for (std::size_t k = first; k < last; ++k)
      expected_[k] += reach[step.level] * LeafValue(member, step.node, leaf_idx, k);
    ++leaf_idx;
  }
}

template <std::size_t kLanes>
void TreeShap::ExplainRows(const FeatureBlock& block, std::size_t output, std::size_t first,
                           std::size_t end, std::span<double> out) const {
  const auto features = static_cast<std::size_t>(forest_->features);
  Kernel<kLanes> kernel{.shap = *this, .block = block, .output = output};
  for (; first < end; first += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      kernel.rows[lane] = std::min(first + lane, end - 1);
    kernel.sums.assign(features * kLanes, 0.0);
    for (const Member& member : members_) {
      if (has_vector_leaves() || member.output == output) kernel.RunTree(member);
    }
    const std::size_t lanes = std::min(kLanes, end - first);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      for (std::size_t j = 0; j < features; ++j)
        out[(first + lane) * features + j] = kernel.sums[j * kLanes + lane];
    }
  }
}

void TreeShap::Contributions(const FeatureBlock& block, std::size_t output,
                             std::span<double> out) const {
  const std::size_t rest = block.rows % kMostLanes;
  const std::size_t together = rest < kFewestLanes ? block.rows - rest : block.rows;
  ExplainRows<kMostLanes>(block, output, 0, together, out);
  ExplainRows<1>(block, output, together, block.rows, out);
}

}  // namespace reeve::explain
