#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "reeve/inference/cache_lines.h"
#include "reeve/inference/compact_forest.h"
#include "reeve/inference/forest_tables.h"

namespace reeve::inference {

/// How the tests of a forest become comparisons of small numbers, without any loss: values are
/// coded by the thresholds that the forest has (see Scale), sets of categories by whether a row's
/// category is in them. A test is then "is the code of column c above k". Immutable.
class ForestCodes {
 public:
  /// Nothing when the forest has more code columns and sets than tests can name.
  static std::optional<ForestCodes> Make(const CompactForest& forest);

  /// A row goes right when its code in `column` is above `cut`; columns from column_count() on are
  /// sets.
  struct Test {
    std::uint32_t column = 0;
    std::uint32_t cut = 0;
  };
  /// The test of an inner node.
  Test Of(const Tree& tree, std::size_t node) const;
  /// Number of a test among all distinct ones: its plane.
  std::uint32_t Plane(const Test& test) const { return first_planes_[test.column] + test.cut; }

  /// Code columns of numbers, and sets behind them.
  std::uint32_t column_count() const { return column_count_; }
  std::uint32_t set_count() const { return static_cast<std::uint32_t>(sets_.size()); }
  /// All distinct tests.
  std::uint32_t plane_count() const { return plane_count_; }

  /// Features with sets, ascending, and their sets one after the other.
  const std::vector<CategoryColumn>& categories() const { return categories_; }
  /// The index of a value (see CategoryColumn), and the largest that any column has.
  static std::uint32_t IndexOf(const CategoryColumn& column, float value);
  std::uint32_t largest_index() const;
  /// All sets as bits over indices, and the word where one begins.
  const std::vector<std::uint32_t>& set_bits() const { return set_bits_; }
  std::uint64_t set_word(std::uint32_t set) const { return set_words_[set]; }
  /// Codes of a row's sets, one after the other: 1 for a member, else 0. Feature j is
  /// values[j * stride].
  void EncodeSets(const float* values, std::size_t stride, std::uint8_t* codes) const;

  /// Points `tables` at the coding part of this object, which has to stay where it is.
  void Fill(ForestTables& tables) const;

 private:
  // A set with what decides about a row: feature, members (no zero words at the end), and whether
  // missing values go right.
  struct SetKey {
    std::int32_t feature = 0;
    std::vector<std::uint32_t> words;
    bool missing_right = false;
    bool operator<(const SetKey& other) const;
  };

  static SetKey KeyOf(const Tree& tree, std::size_t node);
  bool MakeRoom(const CompactForest& forest);
  bool CollectTests(const CompactForest& forest);
  bool NumberColumns();
  bool AddSets();
  void AddSorted(const float* thresholds, std::size_t count);
  void AddSearch(const float* thresholds, std::size_t count);

  // Per feature: its thresholds, its first scale, and whether missing values go left or right
  // anywhere.
  std::vector<std::vector<float>> thresholds_;
  std::vector<std::uint32_t> first_scales_;
  std::vector<bool> any_low_, any_high_;
  std::map<SetKey, std::uint32_t> sets_;

  std::uint32_t column_count_ = 0, plane_count_ = 0;
  std::vector<Scale> scales_;
  CacheLines<float> searches_, sorted_;
  std::vector<CategoryColumn> categories_;
  std::vector<std::uint32_t> set_bits_;
  std::vector<std::uint64_t> set_words_;
  std::vector<std::uint8_t> small_sets_;
  std::vector<std::uint32_t> first_planes_;
  CacheLines<std::uint8_t> column_scales_, column_missing_;
};

}  // namespace reeve::inference
