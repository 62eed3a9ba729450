#include "reeve/inference/packed_tree.h"

#include <cmath>

namespace reeve::inference {
namespace {

// Rows walked side by side: while one waits for memory the others go on.
constexpr std::size_t kLanes = 8;
// Highest bit of Node::feature: a missing value goes left.
constexpr std::uint32_t kDefaultLeft = 1U << 31;

}  // namespace

PackedTree::PackedTree(const Tree& tree) : tree_(&tree) {
  if (!tree.category_sets.empty()) return;
  nodes_.resize(tree.size());
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto self = static_cast<std::uint32_t>(i);
    const bool leaf = tree.left[i] < 0;
    nodes_[i] = {.threshold = tree.threshold[i],
                 .feature = (leaf ? 0 : static_cast<std::uint32_t>(tree.feature[i])) |
                            (tree.default_left[i] != 0 ? kDefaultLeft : 0),
                 .right = leaf ? self : static_cast<std::uint32_t>(tree.right[i]),
                 .left = leaf ? self : static_cast<std::uint32_t>(tree.left[i])};
  }
}

inline std::uint32_t PackedTree::Step(std::uint32_t node, const float* row) const {
  const Node& at = nodes_[node];
  const float value = row[at.feature & ~kDefaultLeft];
  // Without branches: which way a row goes cannot be predicted.
  const bool missing_goes_left = (at.feature & kDefaultLeft) != 0;
  const bool left = (value < at.threshold) | (missing_goes_left & (value != value));
  const std::uint32_t mask = 0U - static_cast<std::uint32_t>(left);
  return at.right ^ ((at.right ^ at.left) & mask);
}

std::uint32_t PackedTree::WalkWithCategories(const float* row) const {
  const Tree& tree = *tree_;
  std::size_t node = 0;
  while (tree.left[node] >= 0) {
    const float value = row[tree.feature[node]];
    const bool left = GoesLeft(tree, node, value);
    node = static_cast<std::size_t>(left ? tree.left[node] : tree.right[node]);
  }
  return static_cast<std::uint32_t>(node);
}

void PackedTree::FindLeaves(const float* rows, std::size_t width,
                            std::span<std::uint32_t> leaves) const {
  if (nodes_.empty()) {
    for (std::size_t i = 0; i < leaves.size(); ++i)
      leaves[i] = WalkWithCategories(rows + i * width);
    return;
  }
  std::size_t first = 0;
  for (; first + kLanes <= leaves.size(); first += kLanes) {
    std::uint32_t at[kLanes] = {};
    for (std::uint32_t moved = 1; moved != 0;) {
      moved = 0;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::uint32_t next = Step(at[lane], rows + (first + lane) * width);
        moved |= next ^ at[lane];
        at[lane] = next;
      }
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) leaves[first + lane] = at[lane];
  }
  for (; first < leaves.size(); ++first) {
    std::uint32_t node = 0, next = Step(0, rows + first * width);
    while (next != node) {
      node = next;
      next = Step(node, rows + first * width);
    }
    leaves[first] = node;
  }
}

}  // namespace reeve::inference
