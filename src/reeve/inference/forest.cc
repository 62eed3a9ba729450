#include "reeve/inference/forest.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace reeve::inference {
namespace {

Status Bad(const std::string& what) { return Status::Corrupt("forest: " + what); }

Status ValidateNode(const Tree& tree, std::size_t node, const Forest& forest,
                    std::size_t leaf_rows) {
  const auto size = static_cast<std::int32_t>(tree.size());
  const auto index = static_cast<std::int32_t>(node);
  if ((tree.left[node] < 0) != (tree.right[node] < 0)) return Bad("a node with one child");
  if (tree.left[node] < 0) {
    if (forest.link == Link::kMean) {
      if (tree.leaf_vector[node] < 0 ||
          static_cast<std::size_t>(tree.leaf_vector[node]) >= leaf_rows) {
        return Bad("a leaf without class shares");
      }
    } else if (!std::isfinite(tree.threshold[node])) {
      return Bad("a leaf that is no number");
    }
    return Status::Ok();
  }
  const bool children_follow = tree.left[node] > index && tree.right[node] > index &&
                               tree.left[node] < size && tree.right[node] < size &&
                               tree.left[node] != tree.right[node];
  if (!children_follow) return Bad("a child that does not come after its parent");
  if (tree.feature[node] < 0 || tree.feature[node] >= forest.features)
    return Bad("a feature that does not exist");
  if (tree.category_set[node] >= static_cast<std::int32_t>(tree.category_sets.size()) ||
      tree.category_set[node] < -1) {
    return Bad("a category set that does not exist");
  }
  if (tree.category_set[node] < 0 && std::isnan(tree.threshold[node]))
    return Bad("a threshold that is no number");
  return Status::Ok();
}

// Each node but the root hangs on one parent: more would let few nodes stand for very many.
Status ValidateParents(const Tree& tree) {
  std::vector<bool> has_parent(tree.size());
  for (std::size_t node = 0; node < tree.size(); ++node) {
    if (tree.left[node] < 0) continue;
    for (const std::int32_t child : {tree.left[node], tree.right[node]}) {
      if (has_parent[static_cast<std::size_t>(child)]) return Bad("a node with two parents");
      has_parent[static_cast<std::size_t>(child)] = true;
    }
  }
  return Status::Ok();
}

bool IsInSet(const std::vector<std::uint32_t>& words, float value) {
  if (!(value >= 0) || value >= static_cast<float>(words.size() * 32)) return false;
  const auto code = static_cast<std::uint32_t>(value);
  return (words[code / 32] >> (code % 32) & 1U) != 0;
}

}  // namespace

bool GoesLeft(const Tree& tree, std::size_t node, float value) {
  if (std::isnan(value)) return tree.default_left[node] != 0;
  const std::int32_t set = tree.category_set[node];
  if (set < 0) return value < tree.threshold[node];
  return !IsInSet(tree.category_sets[static_cast<std::size_t>(set)], value);
}

void Tree::Reset(std::size_t nodes) {
  left.assign(nodes, -1);
  right.assign(nodes, -1);
  feature.assign(nodes, 0);
  threshold.assign(nodes, 0);
  default_left.assign(nodes, 0);
  category_set.assign(nodes, -1);
  category_sets.clear();
  leaf_vector.clear();
  cover.clear();
}

Status Forest::ValidateTree(const Tree& tree) const {
  const std::size_t size = tree.size();
  const bool same_sizes = size > 0 && tree.right.size() == size && tree.feature.size() == size &&
                          tree.threshold.size() == size && tree.default_left.size() == size &&
                          tree.category_set.size() == size &&
                          tree.leaf_vector.size() == (link == Link::kMean ? size : 0) &&
                          (tree.cover.empty() || tree.cover.size() == size);
  if (!same_sizes) return Bad("arrays of a tree differ in length");
  const auto outputs = static_cast<std::int32_t>(std::max<std::size_t>(base_margin.size(), 1));
  if (tree.output < 0 || tree.output >= outputs)
    return Bad("a tree for a class that does not exist");
  for (const float cover : tree.cover) {
    if (!std::isfinite(cover) || cover < 0) return Bad("a cover that is no number from 0 up");
  }
  const std::size_t leaf_rows = leaf_vectors.size() / static_cast<std::size_t>(classes);
  for (std::size_t node = 0; node < size; ++node)
    REEVE_RETURN_IF_ERROR(ValidateNode(tree, node, *this, leaf_rows));
  return ValidateParents(tree);
}

Status Forest::ValidateFrame(std::size_t tree_count) const {
  if (features <= 0 || classes < 2) return Bad("no features or fewer than two classes");
  const std::size_t wanted = link == Link::kLogistic  ? 1
                             : link == Link::kSoftmax ? static_cast<std::size_t>(classes)
                                                      : 0;
  if (base_margin.size() != wanted || (link == Link::kLogistic && classes != 2))
    return Bad("outputs do not fit the classes");
  for (const float margin : base_margin) {
    if (!std::isfinite(margin)) return Bad("a start value that is no number");
  }
  if (link == Link::kMean
          ? leaf_vectors.size() % static_cast<std::size_t>(classes) != 0 || tree_count == 0
          : !leaf_vectors.empty()) {
    return Bad("class shares do not fit the classes");
  }
  for (const float share : leaf_vectors) {
    if (!(share >= 0 && share <= 1)) return Bad("a class share outside 0 to 1");
  }
  return Status::Ok();
}

Status Forest::Validate() const {
  REEVE_RETURN_IF_ERROR(ValidateFrame(trees.size()));
  for (const Tree& tree : trees) REEVE_RETURN_IF_ERROR(ValidateTree(tree));
  return Status::Ok();
}

}  // namespace reeve::inference
