#pragma once

#include <cstdint>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/inference/forest.h"

namespace reeve::explain {

/// Deepest trees that are explained. Trees that learners grow stay far below.
inline constexpr std::size_t kMostLevels = 4096;

/// A tree in the order of a walk that visits a parent before its children and a whole subtree
/// before the next one, with what explanations have to know of each edge.
struct TreeWalk {
  /// A node, and the edge that leads to it. The root, level 0, has no edge.
  struct Step {
    std::uint32_t node = 0;
    /// Distance from the root.
    std::uint16_t level = 0;
    /// Level of the nearest edge above that is a split on the same feature; 0 where there is none.
    std::uint16_t previous = 0;
    bool is_left = false;
    /// Of the edge's parent node.
    std::int32_t feature = -1;
    /// Share of the parent's cover that goes this way. Covers of 0 say nothing: then one half.
    double chance = 1;
    /// The chance times those of all edges above on the same feature.
    double merged = 1;
  };
  std::vector<Step> steps;
  /// Levels of nodes, the root's included.
  std::size_t levels = 0;
  /// Most different features on a path from the root to a leaf.
  std::size_t different_features = 0;
};

/// Fails with kInvalidArgument when the tree has no covers or more than kMostLevels levels.
/// REQUIRES: a valid tree (Forest::Validate) over `features` features.
Result<TreeWalk> WalkTree(const inference::Tree& tree, std::int64_t features);

}  // namespace reeve::explain
