#include "reeve/explain/tree_walk.h"

#include <algorithm>
#include <string>

namespace reeve::explain {
namespace {

using inference::Tree;
using Step = TreeWalk::Step;

double ChanceOf(const Tree& tree, std::size_t parent, std::size_t child) {
  const double left = tree.cover[static_cast<std::size_t>(tree.left[parent])];
  const double right = tree.cover[static_cast<std::size_t>(tree.right[parent])];
  constexpr double kEven = 0.5;
  return left + right > 0 ? static_cast<double>(tree.cover[child]) / (left + right) : kEven;
}

// Keeps the path to the current node, and for each feature the nearest edge of the path on it, so
// that a step costs the same however deep it is.
class Walker {
 public:
  Walker(const Tree& tree, std::int64_t features)
      : tree_(tree), nearest_(static_cast<std::size_t>(features), 0) {}

  Result<TreeWalk> Run() {
    std::vector<Step> pending = {Step{}};
    while (!pending.empty()) {
      const Step step = pending.back();
      pending.pop_back();
      LeaveBelow(step.level);
      Enter(step);
      const std::size_t node = step.node;
      if (tree_.left[node] < 0) continue;
      if (path_.size() == kMostLevels) {
        return Status::InvalidArgument("a tree of the model has more than " +
                                       std::to_string(kMostLevels) +
                                       " levels, which is more than can be explained");
      }
      for (const bool left : {false, true}) pending.push_back(EdgeTo(node, left));
    }
    return std::move(walk_);
  }

 private:
  Step EdgeTo(std::size_t parent, bool left) const {
    const auto child = static_cast<std::size_t>(left ? tree_.left[parent] : tree_.right[parent]);
    return {.node = static_cast<std::uint32_t>(child),
            .level = static_cast<std::uint16_t>(path_.size()),
            .is_left = left,
            .feature = tree_.feature[parent],
            .chance = ChanceOf(tree_, parent, child)};
  }

  void LeaveBelow(std::size_t level) {
    for (; path_.size() > level; path_.pop_back()) {
      const Step& left = path_.back();
      if (left.feature < 0) continue;
      nearest_[static_cast<std::size_t>(left.feature)] = left.previous;
      different_ -= left.previous == 0 ? 1 : 0;
    }
  }

  void Enter(Step step) {
    if (step.feature >= 0) {
      std::uint16_t& nearest = nearest_[static_cast<std::size_t>(step.feature)];
      step.previous = nearest;
      step.merged = step.chance * (nearest > 0 ? path_[nearest].merged : 1.0);
      different_ += nearest == 0 ? 1 : 0;
      nearest = step.level;
    }
    path_.push_back(step);
    walk_.steps.push_back(step);
    walk_.levels = std::max(walk_.levels, path_.size());
    walk_.different_features = std::max(walk_.different_features, different_);
  }

  const Tree& tree_;
  TreeWalk walk_;
  /// path_[level] is the step on that level.
  std::vector<Step> path_;
  /// Level of the nearest edge on each feature, 0 for none.
  std::vector<std::uint16_t> nearest_;
  std::size_t different_ = 0;
};

}  // namespace

Result<TreeWalk> WalkTree(const Tree& tree, std::int64_t features) {
  if (tree.cover.empty()) {
    return Status::InvalidArgument(
               "the model does not hold the covers of its trees, which explanations are made of")
        .WithFix("train it anew with this Reeve");
  }
  return Walker(tree, features).Run();
}

}  // namespace reeve::explain
