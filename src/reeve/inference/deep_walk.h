#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reeve/inference/compact_forest.h"
#include "reeve/inference/forest_codes.h"

namespace reeve::inference {

/// The nodes of a tree's upper `levels` and those right below them, level after level: the children
/// of i are 2i + 1 and 2i + 2, and below a leaf stands the leaf itself.
std::vector<std::size_t> UpperNodes(const Tree& tree, std::uint32_t levels);

/// Trees too deep to be sliced whole; their upper levels may be (ForestKernels::upper), and six
/// more be done at once (ForestKernels::lower). From there, or from the root, sixteen rows (or, for
/// one row, sixteen trees) walk side by side without a branch, a whole tree over thousands of rows,
/// so that it stays in the second-level cache. Small nodes of four bytes over byte codes where the
/// forest allows, else wide ones of sixteen. Immutable.
class DeepWalk {
 public:
  using Lower = decltype(ForestKernels::lower);

  /// Nothing for forests beyond both kinds of node. `codes` has to outlive the result. `lower` may
  /// be null, and is left out where codes of a row are too many for it.
  static std::optional<DeepWalk> Make(const CompactForest& forest, const ForestCodes& codes,
                                      Lower lower);

  /// Bytes between the codes of one row and the next.
  std::size_t row_bytes() const { return row_bytes_; }
  /// Rows that should walk together.
  std::size_t block_rows() const;
  std::size_t tree_count() const { return trees_.size(); }
  /// Codes of `rows` rows, row_bytes() apart. `by_column` holds the codes of the columns of
  /// numbers, `stride` bytes apart; feature j of row i is values.values[j * values.stride + i].
  void Encode(const KernelRows& values, const std::uint8_t* by_column, std::size_t stride,
              std::uint8_t* out) const;

  /// Where rows stand in each tree after its upper levels, as ForestKernels::upper tells; null: at
  /// the root.
  struct UpperPlaces {
    const std::uint8_t* places = nullptr;
    std::size_t stride = 0;
  };
  /// Adds every tree's leaf to sums[row * outputs + output], trees in order.
  void AddRows(const std::uint8_t* codes, std::size_t rows, const UpperPlaces& upper,
               float* sums) const;
  /// The same for one row, through many trees side by side.
  void AddRow(const std::uint8_t* codes, float* sums) const;

 private:
  struct TreeSpan {
    std::size_t first_node = 0;
    std::uint32_t depth = 0;
    std::uint32_t output = 0;
  };
  /// Rows that walk together, and where their leaves are added.
  struct RowBlock {
    const std::uint8_t* codes = nullptr;
    std::size_t rows = 0;
    float* sums = nullptr;
  };
  /// Cut in bits 24-31, column in 16-23, left child in 0-15; right follows left. A leaf leads to
  /// itself.
  struct SmallNode {
    using Code = std::uint8_t;
    std::uint32_t bits = 0;
    std::uint32_t Next(const Code* codes, const std::uint32_t* sets) const;
  };
  /// Columns of numbers have codes, columns of categories indices (see CategoryColumn). Right above
  /// the cut, or for a member of the set that starts at word first_word.
  struct WideNode {
    using Code = std::uint16_t;
    std::uint32_t left = 0;
    std::uint16_t column = 0, cut = 0;
    std::uint32_t first_word = 0;
    /// All ones for a set; else 0, and first_word is a word of zeros.
    std::uint32_t is_set = 0;
    std::uint32_t Next(const Code* codes, const std::uint32_t* sets) const;
  };

  explicit DeepWalk(const CompactForest& forest, const ForestCodes& codes);
  void AddTrees(const CompactForest& forest, std::size_t nodes);
  void AddTree(const Tree& tree);
  void AddLowerTests(const SmallNode* root, const std::vector<std::size_t>& places);
  void PutNode(std::size_t at, const ForestCodes::Test& test, std::size_t left);
  void PutLeaf(std::size_t at, std::uint32_t place, const Tree& tree, std::size_t node);
  /// True when no row walks on from a place below the levels that are not walked.
  bool IsOverAtStart(const TreeSpan& tree) const { return tree.depth <= start_levels_; }
  std::uint32_t StartOf(const TreeSpan& tree, std::uint32_t node) const;
  void AddLeaf(const TreeSpan& tree, std::uint32_t node, float* sums) const;
  void AddVector(std::size_t vector, float* sums) const;
  template <typename Place>
  void AddStarts(const TreeSpan& tree, const std::uint32_t* starts, const Place* places,
                 const RowBlock& block) const;
  template <typename Node, typename RowOf>
  void WalkLanes(const Node* root, std::uint32_t depth, RowOf row_of, std::uint32_t* at) const;
  template <typename Node, typename FirstOf>
  void WalkBlock(const TreeSpan& tree, const Node* root, std::uint32_t depth, FirstOf first_of,
                 const RowBlock& block) const;
  template <typename Node, typename Place>
  void WalkFrom(const Place* places, std::size_t t, const Node* root, const RowBlock& block) const;
  template <typename Node>
  void Walk(const Node* nodes, const RowBlock& rows, const UpperPlaces& upper) const;
  template <typename Node>
  void WalkRow(const Node* nodes, const std::uint8_t* codes, float* sums) const;

  const ForestCodes* codes_;
  bool is_small_ = true;
  std::size_t row_bytes_ = 0;
  std::size_t outputs_ = 1;
  bool has_vector_leaves_ = false;
  std::vector<TreeSpan> trees_;
  // Tests of the six levels below the upper ones, kUpperPlaces a tree, where they are done at once.
  Lower lower_ = nullptr;
  std::vector<LowerTests> lower_tests_;
  // For each place below the levels that are not walked, 2^start_levels_ for each tree: the node
  // there or, where no row of the tree walks on, the leaf's value (its bits) or vector.
  std::uint32_t start_levels_ = kUpperLevels;
  std::vector<std::uint32_t> starts_;
  std::size_t next_node_ = 0;
  std::vector<SmallNode> small_;
  std::vector<WideNode> wide_;
  /// Sets of wide nodes as bits; word 0 is zero.
  std::vector<std::uint32_t> set_bits_;
  /// For each node: a leaf's value, or its row of leaf_vectors_.
  std::vector<float> values_;
  std::vector<std::uint32_t> vectors_;
  std::vector<float> leaf_vectors_;
};

}  // namespace reeve::inference
