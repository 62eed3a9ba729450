#include "reeve/inference/deep_walk.h"

#include <algorithm>
#include <bit>
#include <type_traits>

namespace reeve::inference {
namespace {

constexpr std::size_t kMostSmallColumns = 256, kMostSmallNodes = 65'536;
constexpr std::size_t kMostWideColumns = 65'535;
constexpr std::size_t kLanes = 16;
// Steps between two looks at whether all lanes have come to their leaves.
constexpr std::uint32_t kSteps = 3;

}  // namespace

std::vector<std::size_t> UpperNodes(const Tree& tree, std::uint32_t levels) {
  std::vector<std::size_t> nodes((std::size_t{2} << levels) - 1);
  for (std::size_t i = 0; 2 * i + 2 < nodes.size(); ++i) {
    const std::size_t node = nodes[i];
    const bool is_leaf = tree.left[node] < 0;
    nodes[2 * i + 1] = is_leaf ? node : static_cast<std::size_t>(tree.left[node]);
    nodes[2 * i + 2] = is_leaf ? node : static_cast<std::size_t>(tree.right[node]);
  }
  return nodes;
}

inline std::uint32_t DeepWalk::SmallNode::Next(const Code* codes,
                                               const std::uint32_t* /*sets*/) const {
  return (bits & 0xFFFF) + (codes[bits >> 16 & 0xFF] > (bits >> 24) ? 1 : 0);
}

inline std::uint32_t DeepWalk::WideNode::Next(const Code* codes, const std::uint32_t* sets) const {
  const std::uint32_t code = codes[column];
  const std::uint32_t word = sets[first_word + (code / 32 & is_set)];
  return left + ((word >> (code % 32) & 1U) | (code > cut ? 1U : 0U));
}

[[gnu::always_inline]] inline void DeepWalk::AddLeaf(const TreeSpan& tree, std::uint32_t node,
                                                     float* sums) const {
  if (!has_vector_leaves_) {
    sums[tree.output] += values_[tree.first_node + node];
  } else {
    AddVector(vectors_[tree.first_node + node], sums);
  }
}

[[gnu::always_inline]] inline void DeepWalk::AddVector(std::size_t vector, float* sums) const {
  const float* const shares = leaf_vectors_.data() + vector * outputs_;
  for (std::size_t k = 0; k < outputs_; ++k) sums[k] += shares[k];
}

// Adds the leaves at `places` of a tree that is over there.
template <typename Place>
void DeepWalk::AddStarts(const TreeSpan& tree, const std::uint32_t* starts, const Place* places,
                         const RowBlock& block) const {
  float* sums = block.sums;
  for (std::size_t row = 0; row < block.rows; ++row, sums += outputs_) {
    const std::uint32_t start = starts[places[row]];
    if (has_vector_leaves_) {
      AddVector(start, sums);
    } else {
      sums[tree.output] += std::bit_cast<float>(start);
    }
  }
}

DeepWalk::DeepWalk(const CompactForest& forest, const ForestCodes& codes)
    : codes_(&codes),
      outputs_(forest.outputs()),
      has_vector_leaves_(forest.link == Link::kMean),
      leaf_vectors_(forest.leaf_vectors) {}

std::optional<DeepWalk> DeepWalk::Make(const CompactForest& forest, const ForestCodes& codes,
                                       Lower lower) {
  DeepWalk walk(forest, codes);
  const std::size_t small_columns = codes.column_count() + codes.set_count();
  std::size_t nodes = 0, largest = 0;
  CompactTrees::Cursor trees(forest.trees);
  while (const Tree* const tree = trees.Next()) {
    nodes += tree->size();
    largest = std::max(largest, tree->size());
  }
  walk.is_small_ = small_columns <= kMostSmallColumns && largest <= kMostSmallNodes;
  std::size_t bytes = small_columns;
  if (!walk.is_small_) {
    const std::size_t columns = codes.column_count() + codes.categories().size();
    if (columns > kMostWideColumns || codes.largest_index() > 0xFFFF) return std::nullopt;
    bytes = 2 * columns;
    walk.set_bits_ = codes.set_bits();
    walk.set_bits_.insert(walk.set_bits_.begin(), 0);
  }
  walk.row_bytes_ = std::max<std::size_t>((bytes + 31) / 32 * 32, 32);
  if (lower != nullptr && walk.is_small_ && walk.row_bytes_ <= 64) {
    walk.lower_ = lower;
    walk.start_levels_ = 2 * kUpperLevels;
  }
  walk.AddTrees(forest, nodes);
  return walk;
}

void DeepWalk::AddTrees(const CompactForest& forest, std::size_t nodes) {
  (is_small_ ? small_.resize(nodes) : wide_.resize(nodes));
  (has_vector_leaves_ ? vectors_.resize(nodes) : values_.resize(nodes));
  CompactTrees::Cursor trees(forest.trees);
  while (const Tree* const tree = trees.Next()) AddTree(*tree);
}

void DeepWalk::PutNode(std::size_t at, const ForestCodes::Test& test, std::size_t left) {
  if (is_small_) {
    small_[at].bits = test.cut << 24 | test.column << 16 | static_cast<std::uint32_t>(left);
    return;
  }
  WideNode& node = wide_[at];
  node.left = static_cast<std::uint32_t>(left);
  node.column = static_cast<std::uint16_t>(test.column);
  node.cut = static_cast<std::uint16_t>(test.cut);
  if (test.column < codes_->column_count()) return;
  const std::uint32_t set = test.column - codes_->column_count();
  const auto& categories = codes_->categories();
  const auto above = std::upper_bound(
      categories.begin(), categories.end(), set,
      [](std::uint32_t number, const CategoryColumn& column) { return number < column.first_set; });
  node.column = static_cast<std::uint16_t>(
      codes_->column_count() + static_cast<std::size_t>(above - categories.begin()) - 1);
  node.cut = 0xFFFF;
  node.first_word = static_cast<std::uint32_t>(codes_->set_word(set) + 1);
  node.is_set = ~0U;
}

void DeepWalk::PutLeaf(std::size_t at, std::uint32_t place, const Tree& tree, std::size_t node) {
  if (is_small_) {
    small_[at].bits = 255U << 24 | place;
  } else {
    wide_[at] = {.left = place, .column = 0, .cut = 0xFFFF};
  }
  if (has_vector_leaves_) {
    vectors_[at] = static_cast<std::uint32_t>(tree.leaf_vector[node]);
  } else {
    values_[at] = tree.threshold[node];
  }
}

void DeepWalk::AddTree(const Tree& tree) {
  TreeSpan span{.first_node = next_node_, .output = static_cast<std::uint32_t>(tree.output)};
  next_node_ += tree.size();
  struct Open {
    std::size_t node;
    std::uint32_t place, depth;
  };
  // Children lie side by side, and a left subtree right behind them.
  std::vector<Open> open = {{0, 0, 0}};
  std::vector<std::uint32_t> places(tree.size());
  std::uint32_t next = 1;
  while (!open.empty()) {
    const auto [node, place, depth] = open.back();
    open.pop_back();
    span.depth = std::max(span.depth, depth);
    places[node] = place;
    if (tree.left[node] < 0) {
      PutLeaf(span.first_node + place, place, tree, node);
      continue;
    }
    PutNode(span.first_node + place, codes_->Of(tree, node), next);
    open.push_back({static_cast<std::size_t>(tree.right[node]), next + 1, depth + 1});
    open.push_back({static_cast<std::size_t>(tree.left[node]), next, depth + 1});
    next += 2;
  }
  trees_.push_back(span);
  std::vector<std::size_t> upper = UpperNodes(tree, start_levels_);
  for (std::size_t& node : upper) node = places[node];
  for (std::size_t i = upper.size() / 2; i < upper.size(); ++i)
    starts_.push_back(StartOf(span, static_cast<std::uint32_t>(upper[i])));
  if (lower_ != nullptr) AddLowerTests(small_.data() + span.first_node, upper);
}

std::uint32_t DeepWalk::StartOf(const TreeSpan& tree, std::uint32_t node) const {
  if (!IsOverAtStart(tree)) return node;
  const std::size_t leaf = tree.first_node + node;
  return has_vector_leaves_ ? vectors_[leaf] : std::bit_cast<std::uint32_t>(values_[leaf]);
}

// `places` are those of the upper twelve levels. Leaves have the tests that they need already.
void DeepWalk::AddLowerTests(const SmallNode* root, const std::vector<std::size_t>& places) {
  for (std::size_t top = kUpperPlaces; top < 2 * kUpperPlaces; ++top) {
    LowerTests& tests = lower_tests_.emplace_back();
    for (std::size_t i = 1; i < kUpperPlaces; ++i) {
      // Numbered from one, a node's children are 2i and 2i + 1.
      const std::size_t level = std::bit_floor(i);
      const std::uint32_t bits = root[places[top * level + (i - level) - 1]].bits;
      tests.columns[i - 1] = static_cast<std::uint8_t>(bits >> 16);
      tests.cuts[i - 1] = static_cast<std::uint8_t>(bits >> 24);
    }
  }
}

std::size_t DeepWalk::block_rows() const {
  // Their codes should leave the second-level cache some room for a tree.
  constexpr std::size_t kCodeBytes = std::size_t{1} << 19;
  return std::clamp<std::size_t>(kCodeBytes / row_bytes_ / 64 * 64, 64, 8192);
}

void DeepWalk::Encode(const KernelRows& values, const std::uint8_t* by_column, std::size_t stride,
                      std::uint8_t* out) const {
  const std::size_t columns = codes_->column_count();
  if (is_small_) {
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t i = 0; i < values.rows; ++i)
        out[i * row_bytes_ + c] = by_column[c * stride + i];
    }
    for (std::size_t i = 0; i < values.rows; ++i)
      codes_->EncodeSets(values.values + i, values.stride, out + i * row_bytes_ + columns);
    return;
  }
  const auto row = [&](std::size_t i) {
    return reinterpret_cast<std::uint16_t*>(out + i * row_bytes_);
  };
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t i = 0; i < values.rows; ++i) row(i)[c] = by_column[c * stride + i];
  }
  for (std::size_t c = 0; c < codes_->categories().size(); ++c) {
    const CategoryColumn& column = codes_->categories()[c];
    const float* const category = values.values + column.feature * values.stride;
    for (std::size_t i = 0; i < values.rows; ++i)
      row(i)[columns + c] = static_cast<std::uint16_t>(ForestCodes::IndexOf(column, category[i]));
  }
}

// Walks kLanes rows from the places `at` to their leaves, at most `depth` levels further down.
// `row_of` gives the codes of a lane's row.
template <typename Node, typename RowOf>
[[gnu::always_inline]] inline void DeepWalk::WalkLanes(const Node* root, std::uint32_t depth,
                                                       RowOf row_of, std::uint32_t* at) const {
  const std::uint32_t* const sets = set_bits_.data();
  for (std::uint32_t level = 0; level < depth; level += kSteps) {
    std::uint32_t moved = 0;
    for (std::uint32_t step = 0; step < kSteps; ++step) {
      moved = 0;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::uint32_t next = root[at[lane]].Next(row_of(lane), sets);
        moved |= next ^ at[lane];
        at[lane] = next;
      }
    }
    if (moved == 0) break;
  }
}

// Walks the rows of a block to their leaves, from the place that `first_of` gives for each.
template <typename Node, typename FirstOf>
void DeepWalk::WalkBlock(const TreeSpan& tree, const Node* root, std::uint32_t depth,
                         FirstOf first_of, const RowBlock& block) const {
  using Code = typename Node::Code;
  for (std::size_t first = 0; first < block.rows; first += kLanes) {
    const std::size_t lanes = std::min(kLanes, block.rows - first);
    const std::uint8_t* const row = block.codes + first * row_bytes_;
    std::uint32_t at[kLanes] = {};
    for (std::size_t lane = 0; lane < lanes; ++lane) at[lane] = first_of(first + lane);
    // Where a constant number of bytes lies between rows, their addresses take no registers.
    const auto walk = [&](auto row_bytes) {
      WalkLanes(
          root, depth,
          [&](std::size_t lane) { return reinterpret_cast<const Code*>(row + lane * row_bytes); },
          at);
    };
    if (lanes == kLanes && row_bytes_ == 32) {
      walk(std::integral_constant<std::size_t, 32>());
    } else if (lanes == kLanes && row_bytes_ == 64) {
      walk(std::integral_constant<std::size_t, 64>());
    } else {
      const Code* row_codes[kLanes];
      for (std::size_t lane = 0; lane < kLanes; ++lane) {  // spare lanes walk with the last row
        row_codes[lane] =
            reinterpret_cast<const Code*>(row + std::min(lane, lanes - 1) * row_bytes_);
      }
      const auto row_of = [&](std::size_t lane) { return row_codes[lane]; };
      WalkLanes(root, depth, row_of, at);
    }
    for (std::size_t lane = 0; lane < lanes; ++lane)
      AddLeaf(tree, at[lane], block.sums + (first + lane) * outputs_);
  }
}

// Goes on from `places` below the levels that are not walked.
template <typename Node, typename Place>
void DeepWalk::WalkFrom(const Place* places, std::size_t t, const Node* root,
                        const RowBlock& block) const {
  const TreeSpan& tree = trees_[t];
  const std::uint32_t* const starts = starts_.data() + (t << start_levels_);
  if (IsOverAtStart(tree)) return AddStarts(tree, starts, places, block);
  WalkBlock(
      tree, root, tree.depth - start_levels_, [&](std::size_t row) { return starts[places[row]]; },
      block);
}

template <typename Node>
void DeepWalk::Walk(const Node* nodes, const RowBlock& rows, const UpperPlaces& upper) const {
  std::uint16_t lower[kUpperPlaces];
  for (std::size_t t = 0; t < trees_.size(); ++t) {
    const Node* const root = nodes + trees_[t].first_node;
    if (upper.places == nullptr) {
      WalkBlock(
          trees_[t], root, trees_[t].depth, [](std::size_t) { return 0U; }, rows);
      continue;
    }
    const std::uint8_t* const places = upper.places + t * upper.stride;
    if (lower_ == nullptr) {
      WalkFrom(places, t, root, rows);
      continue;
    }
    for (std::size_t first = 0; first < rows.rows; first += kUpperPlaces) {
      const RowBlock block{rows.codes + first * row_bytes_,
                           std::min(kUpperPlaces, rows.rows - first), rows.sums + first * outputs_};
      lower_(lower_tests_.data() + t * kUpperPlaces, block.codes, row_bytes_, places + first,
             block.rows, lower);
      WalkFrom(lower, t, root, block);
    }
  }
}

template <typename Node>
void DeepWalk::WalkRow(const Node* nodes, const std::uint8_t* codes, float* sums) const {
  const auto* const row = reinterpret_cast<const typename Node::Code*>(codes);
  const std::uint32_t* const sets = set_bits_.data();
  for (std::size_t first = 0; first < trees_.size(); first += kLanes) {
    const std::size_t lanes = std::min(kLanes, trees_.size() - first);
    const Node* roots[kLanes];
    std::uint32_t depth = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const TreeSpan& tree = trees_[first + std::min(lane, lanes - 1)];
      roots[lane] = nodes + tree.first_node;
      depth = std::max(depth, tree.depth);
    }
    std::uint32_t at[kLanes] = {};
    for (std::uint32_t level = 0; level < depth; ++level) {
      std::uint32_t moved = 0;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::uint32_t next = roots[lane][at[lane]].Next(row, sets);
        moved |= next ^ at[lane];
        at[lane] = next;
      }
      if (moved == 0) break;
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) AddLeaf(trees_[first + lane], at[lane], sums);
  }
}

void DeepWalk::AddRows(const std::uint8_t* codes, std::size_t rows, const UpperPlaces& upper,
                       float* sums) const {
  const RowBlock block{codes, rows, sums};
  if (is_small_) {
    Walk(small_.data(), block, upper);
  } else {
    Walk(wide_.data(), block, upper);
  }
}

void DeepWalk::AddRow(const std::uint8_t* codes, float* sums) const {
  if (is_small_) {
    WalkRow(small_.data(), codes, sums);
  } else {
    WalkRow(wide_.data(), codes, sums);
  }
}

}  // namespace reeve::inference
