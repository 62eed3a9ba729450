#include "reeve/inference/compact_trees_writer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace reeve::inference {
namespace {

std::uint32_t BitsOf(float value) { return std::bit_cast<std::uint32_t>(value); }

class BitWriter {
 public:
  void Add(bool bit) {
    if (count_ % 8 == 0) bytes_.push_back(0);
    bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | (bit ? 1U << (count_ % 8) : 0U));
    ++count_;
  }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t count_ = 0;
};

// Whether all nodes of a level put the same test, in a complete tree numbered level by level.
bool IsSymmetric(const Tree& tree) {
  const std::size_t size = tree.size();
  if (!std::has_single_bit(size + 1) || size >= std::size_t{2} << kMostSymmetricDepth) return false;
  if (!tree.category_sets.empty() || !tree.leaf_vector.empty()) return false;
  const std::size_t inner = size / 2;
  for (std::size_t node = 0; node < inner; ++node) {
    const std::size_t first = std::bit_floor(node + 1) - 1;
    const bool is_same = tree.left[node] == static_cast<std::int32_t>(2 * node + 1) &&
                         tree.right[node] == static_cast<std::int32_t>(2 * node + 2) &&
                         tree.feature[node] == tree.feature[first] &&
                         tree.default_left[node] == tree.default_left[first] &&
                         BitsOf(tree.threshold[node]) == BitsOf(tree.threshold[first]);
    if (!is_same) return false;
  }
  return true;
}

bool SumsUp(const Tree& tree) {
  for (std::size_t node = 0; node < tree.size(); ++node) {
    if (tree.left[node] < 0) continue;
    const float sum = tree.cover[static_cast<std::size_t>(tree.left[node])] +
                      tree.cover[static_cast<std::size_t>(tree.right[node])];
    if (BitsOf(sum) != BitsOf(tree.cover[node])) return false;
  }
  return true;
}

CoverForm CoverFormOf(const Tree& tree) {
  if (tree.cover.empty()) return CoverForm::kNone;
  if (!SumsUp(tree)) return CoverForm::kOfNodes;
  float largest = 0;
  for (std::size_t node = 0; node < tree.size(); ++node) {
    if (tree.left[node] >= 0) continue;
    const float cover = tree.cover[node];
    if (cover != std::floor(cover) || std::signbit(cover)) return CoverForm::kOfLeaves;
    largest = std::max(largest, cover);
  }
  return largest <= 0xFF     ? CoverForm::kWhole8
         : largest <= 0xFFFF ? CoverForm::kWhole16
                             : CoverForm::kOfLeaves;
}

// The same tree with its nodes numbered level by level, children side by side.
Tree InLevels(const Tree& tree) {
  std::vector<std::size_t> order = {0};
  Tree ordered;
  ordered.output = tree.output;
  ordered.category_sets = tree.category_sets;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t node = order[i];
    const bool is_leaf = tree.left[node] < 0;
    ordered.left.push_back(is_leaf ? -1 : static_cast<std::int32_t>(order.size()));
    ordered.right.push_back(is_leaf ? -1 : static_cast<std::int32_t>(order.size() + 1));
    ordered.feature.push_back(is_leaf ? 0 : tree.feature[node]);
    ordered.threshold.push_back(tree.threshold[node]);
    ordered.default_left.push_back(tree.default_left[node]);
    ordered.category_set.push_back(is_leaf ? -1 : tree.category_set[node]);
    if (!tree.leaf_vector.empty()) ordered.leaf_vector.push_back(tree.leaf_vector[node]);
    if (!tree.cover.empty()) ordered.cover.push_back(tree.cover[node]);
    if (is_leaf) continue;
    order.push_back(static_cast<std::size_t>(tree.left[node]));
    order.push_back(static_cast<std::size_t>(tree.right[node]));
  }
  return ordered;
}

}  // namespace

CompactTreesWriter::CompactTreesWriter(const TreeLayout& layout) : layout_(layout) {}

void CompactTreesWriter::Add(const Tree& tree) {
  ++size_;
  if (AddAsSymmetric(tree)) return;
  const Tree ordered = InLevels(tree);
  if (AddAsSymmetric(ordered)) return;
  sharing_ = 0;
  AddGeneral(ordered);
}

bool CompactTreesWriter::AddAsSymmetric(const Tree& tree) {
  if (Continues(tree)) {
    bytes_.Overwrite(sharing_at_, ++sharing_);
    AddValues(tree);
    return true;
  }
  if (!IsSymmetric(tree)) return false;
  AddSymmetric(tree);
  return true;
}

CompactTrees CompactTreesWriter::Take() {
  CompactTrees trees;
  trees.layout_ = layout_;
  trees.size_ = size_;
  trees.bytes_ = bytes_.Take();
  return trees;
}

// Whether a tree is the next class of the last one's round.
bool CompactTreesWriter::Continues(const Tree& tree) const {
  const std::size_t inner = shape_.size() / 2;
  if (sharing_ == 0 || sharing_ == std::numeric_limits<std::uint16_t>::max() ||
      tree.output != shape_.output + sharing_ || tree.size() != shape_.size() ||
      tree.left != shape_.left || tree.right != shape_.right || tree.cover != shape_.cover ||
      !tree.category_sets.empty()) {
    return false;
  }
  for (std::size_t node = 0; node < inner; ++node) {
    if (tree.feature[node] != shape_.feature[node] ||
        tree.default_left[node] != shape_.default_left[node] ||
        BitsOf(tree.threshold[node]) != BitsOf(shape_.threshold[node])) {
      return false;
    }
  }
  // Other leaves than those that are written have to be 0.
  std::size_t at = 0;
  for (std::size_t node = inner; node < tree.size(); ++node) {
    if (at < leaves_.size() && leaves_[at] == node) {
      ++at;
    } else if (BitsOf(tree.threshold[node]) != 0) {
      return false;
    }
  }
  return true;
}

void CompactTreesWriter::AddSymmetric(const Tree& tree) {
  const auto depth = static_cast<std::size_t>(std::bit_width(tree.size() / 2));
  shape_ = tree;
  sharing_ = 1;
  ChooseLeaves(tree);
  bytes_.Value(TreeForm::kSymmetric);
  sharing_at_ = bytes_.size();
  bytes_.Value(sharing_);
  bytes_.Value(tree.output);
  bytes_.Value(static_cast<std::uint8_t>(depth));
  BitWriter defaults, is_there;
  const auto first_of = [](std::size_t level) { return (std::size_t{1} << level) - 1; };
  for (std::size_t level = 0; level < kMostSymmetricDepth; ++level)
    defaults.Add(level < depth && tree.default_left[first_of(level)] != 0);
  bytes_.Elements(defaults.bytes());
  for (std::size_t level = 0; level < depth; ++level) AddFeature(tree.feature[first_of(level)]);
  for (std::size_t level = 0; level < depth; ++level) bytes_.Value(tree.threshold[first_of(level)]);
  for (std::size_t node = tree.size() / 2; node < tree.size(); ++node)
    is_there.Add(std::binary_search(leaves_.begin(), leaves_.end(), node));
  bytes_.Elements(is_there.bytes());
  AddCovers(tree);
  AddValues(tree);
}

// Leaves that no row came to are left out, unless nearly all are.
void CompactTreesWriter::ChooseLeaves(const Tree& tree) {
  leaves_.clear();
  for (std::size_t node = tree.size() / 2; node < tree.size(); ++node) {
    if (BitsOf(tree.threshold[node]) != 0 || (!tree.cover.empty() && tree.cover[node] != 0))
      leaves_.push_back(static_cast<std::uint32_t>(node));
  }
  const std::size_t all = tree.size() / 2 + 1;
  if (leaves_.size() * kMostLeavesPerValue >= all) return;
  leaves_.resize(all);
  std::iota(leaves_.begin(), leaves_.end(), static_cast<std::uint32_t>(tree.size() / 2));
}

void CompactTreesWriter::AddGeneral(const Tree& tree) {
  BitWriter is_inner;
  leaves_.clear();
  for (std::size_t node = 0; node < tree.size(); ++node) {
    const bool is_leaf = tree.left[node] < 0;
    is_inner.Add(!is_leaf);
    if (is_leaf) leaves_.push_back(static_cast<std::uint32_t>(node));
  }
  bytes_.Value(TreeForm::kGeneral);
  bytes_.Value(tree.output);
  bytes_.Value(static_cast<std::uint32_t>(tree.size()));
  bytes_.Elements(is_inner.bytes());
  AddTests(tree);
  AddValues(tree);
  AddCovers(tree);
}

void CompactTreesWriter::AddTests(const Tree& tree) {
  BitWriter defaults, has_set;
  std::vector<float> thresholds;
  std::vector<std::int32_t> sets;
  for (std::size_t node = 0; node < tree.size(); ++node) {
    if (tree.left[node] < 0) continue;
    AddFeature(tree.feature[node]);
    defaults.Add(tree.default_left[node] != 0);
    has_set.Add(tree.category_set[node] >= 0);
    if (tree.category_set[node] >= 0) {
      sets.push_back(tree.category_set[node]);
    } else {
      thresholds.push_back(tree.threshold[node]);
    }
  }
  bytes_.Elements(defaults.bytes());
  bytes_.Value<std::uint8_t>(sets.empty() ? 0 : 1);
  if (!sets.empty()) bytes_.Elements(has_set.bytes());
  bytes_.Elements(thresholds);
  if (sets.empty()) return;
  bytes_.Elements(sets);
  bytes_.Value(static_cast<std::uint32_t>(tree.category_sets.size()));
  for (const auto& words : tree.category_sets) {
    bytes_.Value(static_cast<std::uint32_t>(words.size()));
    bytes_.Elements(words);
  }
}

void CompactTreesWriter::AddValues(const Tree& tree) {
  for (const std::uint32_t leaf : leaves_) {
    if (layout_.has_vector_leaves) {
      bytes_.Value(tree.leaf_vector[leaf]);
    } else {
      bytes_.Value(tree.threshold[leaf]);
    }
  }
}

void CompactTreesWriter::AddCovers(const Tree& tree) {
  const CoverForm form = CoverFormOf(tree);
  bytes_.Value(form);
  if (form == CoverForm::kNone) return;
  if (form == CoverForm::kOfNodes) return bytes_.Elements(tree.cover);
  for (const std::uint32_t leaf : leaves_) {
    const float cover = tree.cover[leaf];
    if (form == CoverForm::kOfLeaves) bytes_.Value(cover);
    if (form == CoverForm::kWhole16) bytes_.Value(static_cast<std::uint16_t>(cover));
    if (form == CoverForm::kWhole8) bytes_.Value(static_cast<std::uint8_t>(cover));
  }
}

void CompactTreesWriter::AddFeature(std::int32_t feature) {
  switch (layout_.feature_bytes()) {
    case 1:
      return bytes_.Value(static_cast<std::uint8_t>(feature));
    case 2:
      return bytes_.Value(static_cast<std::uint16_t>(feature));
    default:
      return bytes_.Value(feature);
  }
}

}  // namespace reeve::inference
