#include "reeve/inference/compact_trees.h"

#include <bit>
#include <cstring>
#include <limits>
#include <string>

namespace reeve::inference {
namespace {

Status Bad(const std::string& what) { return Status::Corrupt("model: " + what); }

bool BitOf(std::string_view bits, std::size_t i) {
  return (static_cast<std::uint8_t>(bits[i / 8]) >> (i % 8) & 1U) != 0;
}

}  // namespace

Result<CompactTrees> CompactTrees::Read(ByteReader& from, std::uint64_t count,
                                        const TreeLayout& layout) {
  const std::string_view all = from.rest();
  Cursor cursor(all, layout, count);
  // Each tree takes bytes, so a count that lies ends with them.
  for (std::uint64_t i = 0; i < count; ++i) REEVE_RETURN_IF_ERROR(cursor.Read());
  if (cursor.left_in_group_ > 0) return Bad("more trees than it says");
  std::string_view used;
  REEVE_RETURN_IF_ERROR(from.Bytes(all.size() - cursor.bytes_.rest().size(), used));
  CompactTrees trees;
  trees.layout_ = layout;
  trees.size_ = count;
  trees.bytes_ = used;
  return trees;
}

CompactTrees::Cursor::Cursor(const CompactTrees& trees)
    : Cursor(trees.bytes_, trees.layout_, trees.size_) {}

CompactTrees::Cursor::Cursor(std::string_view bytes, const TreeLayout& layout, std::uint64_t count)
    : bytes_(bytes), layout_(layout), left_(count) {}

const Tree* CompactTrees::Cursor::Next() {
  if (left_ == 0) return nullptr;
  --left_;
  // Never fails: CompactTrees are written by Reeve, or were read once already.
  return Read().ok() ? &tree_ : nullptr;
}

Status CompactTrees::Cursor::Read() {
  has_same_shape_ = left_in_group_ > 0;
  if (has_same_shape_) {
    --left_in_group_;
    ++tree_.output;
    return ReadValues();
  }
  TreeForm form = TreeForm::kGeneral;
  REEVE_RETURN_IF_ERROR(bytes_.Value(form));
  if (form == TreeForm::kSymmetric && !layout_.has_vector_leaves) return ReadSymmetric();
  return form == TreeForm::kGeneral ? ReadGeneral() : Bad("unknown form of a tree");
}

void CompactTrees::Cursor::Resize(std::size_t nodes) {
  tree_.Reset(nodes);
  if (layout_.has_vector_leaves) tree_.leaf_vector.assign(nodes, -1);
}

Status CompactTrees::Cursor::ReadFeatures(std::size_t count) {
  const std::size_t width = layout_.feature_bytes();
  std::string_view bytes;
  REEVE_RETURN_IF_ERROR(bytes_.Bytes(count * width, bytes));
  features_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t feature = 0;
    std::memcpy(&feature, bytes.data() + i * width, width);
    features_[i] = static_cast<std::int32_t>(feature);
  }
  return Status::Ok();
}

Status CompactTrees::Cursor::ReadSymmetric() {
  std::uint16_t sharing = 0;
  std::uint8_t depth = 0, defaults = 0;
  REEVE_RETURN_IF_ERROR(bytes_.Value(sharing));
  REEVE_RETURN_IF_ERROR(bytes_.Value(tree_.output));
  REEVE_RETURN_IF_ERROR(bytes_.Value(depth));
  REEVE_RETURN_IF_ERROR(bytes_.Value(defaults));
  if (sharing == 0 || depth > kMostSymmetricDepth ||
      tree_.output > std::numeric_limits<int>::max() / 2)
    return Bad("implausible sizes of a tree");
  Resize((std::size_t{2} << depth) - 1);
  REEVE_RETURN_IF_ERROR(ReadLevels(depth, defaults));
  REEVE_RETURN_IF_ERROR(ReadMask(std::size_t{1} << depth));
  REEVE_RETURN_IF_ERROR(ReadCovers());
  left_in_group_ = sharing - 1U;
  return ReadValues();
}

Status CompactTrees::Cursor::ReadLevels(std::size_t depth, std::uint32_t defaults) {
  REEVE_RETURN_IF_ERROR(ReadFeatures(depth));
  REEVE_RETURN_IF_ERROR(bytes_.Elements(depth, numbers_));
  for (std::size_t node = 0; node < tree_.size() / 2; ++node) {
    const auto level = static_cast<std::size_t>(std::bit_width(node + 1)) - 1;
    tree_.left[node] = static_cast<std::int32_t>(2 * node + 1);
    tree_.right[node] = static_cast<std::int32_t>(2 * node + 2);
    tree_.feature[node] = features_[level];
    tree_.threshold[node] = numbers_[level];
    tree_.default_left[node] = static_cast<std::uint8_t>(defaults >> level & 1U);
  }
  return Status::Ok();
}

Status CompactTrees::Cursor::ReadMask(std::size_t leaves) {
  std::string_view mask;
  REEVE_RETURN_IF_ERROR(bytes_.Bytes((leaves + 7) / 8, mask));
  const std::size_t first = tree_.size() - leaves;
  leaves_.clear();
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
    if (BitOf(mask, leaf)) leaves_.push_back(static_cast<std::uint32_t>(first + leaf));
  }
  if (leaves_.size() * kMostLeavesPerValue < leaves) return Bad("a tree with too few leaves");
  return Status::Ok();
}

Status CompactTrees::Cursor::ReadValues() {
  REEVE_RETURN_IF_ERROR(bytes_.Elements(leaves_.size(), numbers_));
  for (std::size_t i = 0; i < leaves_.size(); ++i) tree_.threshold[leaves_[i]] = numbers_[i];
  return Status::Ok();
}

Status CompactTrees::Cursor::ReadGeneral() {
  std::uint32_t nodes = 0;
  REEVE_RETURN_IF_ERROR(bytes_.Value(tree_.output));
  REEVE_RETURN_IF_ERROR(bytes_.Value(nodes));
  // A leaf takes four bytes: no memory for nodes that nothing pays for.
  if (nodes % 2 == 0 || nodes / 2 + 1 > bytes_.rest().size() / 4) return Bad("a tree cut short");
  Resize(nodes);
  REEVE_RETURN_IF_ERROR(ReadStructure(nodes));
  std::vector<std::size_t> inner;
  leaves_.clear();
  for (std::size_t node = 0; node < nodes; ++node) {
    if (tree_.left[node] < 0) {
      leaves_.push_back(static_cast<std::uint32_t>(node));
    } else {
      inner.push_back(node);
    }
  }
  REEVE_RETURN_IF_ERROR(ReadTests(inner));
  REEVE_RETURN_IF_ERROR(ReadLeaves());
  return ReadCovers();
}

Status CompactTrees::Cursor::ReadStructure(std::size_t nodes) {
  std::string_view is_inner;
  REEVE_RETURN_IF_ERROR(bytes_.Bytes((nodes + 7) / 8, is_inner));
  std::size_t next = 1;
  for (std::size_t node = 0; node < nodes; ++node) {
    if (node >= next) return Bad("a node without a parent");
    if (!BitOf(is_inner, node)) continue;
    if (next + 2 > nodes) return Bad("a node with one child");
    tree_.left[node] = static_cast<std::int32_t>(next);
    tree_.right[node] = static_cast<std::int32_t>(next + 1);
    next += 2;
  }
  return next == nodes ? Status::Ok() : Bad("a node without a parent");
}

Status CompactTrees::Cursor::ReadTests(const std::vector<std::size_t>& inner) {
  REEVE_RETURN_IF_ERROR(ReadFeatures(inner.size()));
  std::string_view defaults, sets;
  std::uint8_t has_sets = 0;
  REEVE_RETURN_IF_ERROR(bytes_.Bytes((inner.size() + 7) / 8, defaults));
  REEVE_RETURN_IF_ERROR(bytes_.Value(has_sets));
  if (has_sets != 0) REEVE_RETURN_IF_ERROR(bytes_.Bytes((inner.size() + 7) / 8, sets));
  std::vector<std::size_t> with_sets, with_numbers;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    tree_.feature[inner[i]] = features_[i];
    tree_.default_left[inner[i]] = BitOf(defaults, i) ? 1 : 0;
    (has_sets != 0 && BitOf(sets, i) ? with_sets : with_numbers).push_back(inner[i]);
  }
  REEVE_RETURN_IF_ERROR(bytes_.Elements(with_numbers.size(), numbers_));
  for (std::size_t i = 0; i < with_numbers.size(); ++i)
    tree_.threshold[with_numbers[i]] = numbers_[i];
  return has_sets != 0 ? ReadSets(with_sets) : Status::Ok();
}

Status CompactTrees::Cursor::ReadSets(const std::vector<std::size_t>& with_sets) {
  std::vector<std::int32_t> indices;
  REEVE_RETURN_IF_ERROR(bytes_.Elements(with_sets.size(), indices));
  for (std::size_t i = 0; i < with_sets.size(); ++i) {
    // -1 would make it a test of a number.
    if (indices[i] < 0) return Bad("a category set that does not exist");
    tree_.category_set[with_sets[i]] = indices[i];
  }
  std::uint32_t count = 0;
  REEVE_RETURN_IF_ERROR(bytes_.Value(count));
  if (count > tree_.size()) return Bad("more category sets than nodes");
  tree_.category_sets.resize(count);
  for (auto& words : tree_.category_sets) {
    std::uint32_t size = 0;
    REEVE_RETURN_IF_ERROR(bytes_.Value(size));
    REEVE_RETURN_IF_ERROR(bytes_.Elements(size, words));
  }
  return Status::Ok();
}

Status CompactTrees::Cursor::ReadLeaves() {
  if (!layout_.has_vector_leaves) return ReadValues();
  std::vector<std::int32_t> vectors;
  REEVE_RETURN_IF_ERROR(bytes_.Elements(leaves_.size(), vectors));
  for (std::size_t i = 0; i < leaves_.size(); ++i) tree_.leaf_vector[leaves_[i]] = vectors[i];
  return Status::Ok();
}

Status CompactTrees::Cursor::ReadCovers() {
  CoverForm form = CoverForm::kNone;
  REEVE_RETURN_IF_ERROR(bytes_.Value(form));
  switch (form) {
    case CoverForm::kNone:
      tree_.cover.clear();
      return Status::Ok();
    case CoverForm::kOfNodes:
      return bytes_.Elements(tree_.size(), tree_.cover);
    case CoverForm::kOfLeaves:
      return ReadLeafCovers<float>();
    case CoverForm::kWhole16:
      return ReadLeafCovers<std::uint16_t>();
    case CoverForm::kWhole8:
      return ReadLeafCovers<std::uint8_t>();
  }
  return Bad("unknown form of covers");
}

template <typename T>
Status CompactTrees::Cursor::ReadLeafCovers() {
  std::vector<T> covers;
  REEVE_RETURN_IF_ERROR(bytes_.Elements(leaves_.size(), covers));
  tree_.cover.assign(tree_.size(), 0);
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    tree_.cover[leaves_[i]] = static_cast<float>(covers[i]);
  for (std::size_t node = tree_.size(); node-- > 0;) {
    if (tree_.left[node] < 0) continue;
    tree_.cover[node] = tree_.cover[static_cast<std::size_t>(tree_.left[node])] +
                        tree_.cover[static_cast<std::size_t>(tree_.right[node])];
  }
  return Status::Ok();
}

}  // namespace reeve::inference
