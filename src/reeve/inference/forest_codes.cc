#include "reeve/inference/forest_codes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace reeve::inference {
namespace {

// Tests name columns with 16 bits.
constexpr std::size_t kMostColumns = 65'535;
// Words of all sets together; more than a forest that was trained comes to.
constexpr std::size_t kMostSetWords = std::size_t{1} << 24;
// Memory is taken for each feature up to the last one used, which a damaged file may put anywhere.
constexpr std::size_t kMostFeatures = std::size_t{1} << 20;
constexpr std::size_t kScaleThresholds = 255;

// Sorted and each once.
void Compact(std::vector<float>& thresholds) {
  std::sort(thresholds.begin(), thresholds.end());
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
}

void SetBit(std::vector<std::uint32_t>& bits, std::size_t first_word, std::uint32_t index) {
  bits[first_word + index / 32] |= 1U << (index % 32);
}

}  // namespace

bool ForestCodes::SetKey::operator<(const SetKey& other) const {
  return std::tie(feature, words, missing_right) <
         std::tie(other.feature, other.words, other.missing_right);
}

ForestCodes::SetKey ForestCodes::KeyOf(const Tree& tree, std::size_t node) {
  SetKey key{.feature = tree.feature[node],
             .words = tree.category_sets[static_cast<std::size_t>(tree.category_set[node])],
             .missing_right = tree.default_left[node] == 0};
  while (!key.words.empty() && key.words.back() == 0) key.words.pop_back();
  return key;
}

// Room for every feature up to the last one that is tested.
bool ForestCodes::MakeRoom(const CompactForest& forest) {
  std::size_t features = 0;
  CompactTrees::Cursor trees(forest.trees);
  while (const Tree* const tree = trees.Next()) {
    if (trees.has_same_shape()) continue;
    for (std::size_t node = 0; node < tree->size(); ++node) {
      if (tree->left[node] >= 0)
        features = std::max(features, static_cast<std::size_t>(tree->feature[node]) + 1);
    }
  }
  if (features > kMostFeatures) return false;
  thresholds_.resize(features);
  any_low_.resize(features);
  any_high_.resize(features);
  return true;
}

bool ForestCodes::CollectTests(const CompactForest& forest) {
  if (!MakeRoom(forest)) return false;
  std::vector<std::size_t> compact_at(thresholds_.size(), 1024);
  CompactTrees::Cursor trees(forest.trees);
  while (const Tree* const tree = trees.Next()) {
    if (trees.has_same_shape()) continue;
    for (std::size_t node = 0; node < tree->size(); ++node) {
      if (tree->left[node] < 0) continue;
      const auto feature = static_cast<std::size_t>(tree->feature[node]);
      if (tree->category_set[node] >= 0) {
        sets_.emplace(KeyOf(*tree, node), 0);
        continue;
      }
      // Deep forests repeat few thresholds in many nodes: sorted away before they pile up.
      std::vector<float>& thresholds = thresholds_[feature];
      thresholds.push_back(tree->threshold[node]);
      if (thresholds.size() >= compact_at[feature]) {
        Compact(thresholds);
        compact_at[feature] = 2 * thresholds.size() + 1024;
      }
      (tree->default_left[node] != 0 ? any_low_ : any_high_)[feature] = true;
    }
  }
  for (std::vector<float>& thresholds : thresholds_) Compact(thresholds);
  return true;
}

// The sorted thresholds as a search tree: the root at 1, the children of i at 2i and 2i + 1.
void ForestCodes::AddSearch(const float* thresholds, std::size_t count) {
  const std::size_t base = searches_.size();
  searches_.resize(base + 256, std::numeric_limits<float>::infinity());
  for (std::size_t level = 0; level < 8; ++level) {
    for (std::size_t i = 0; i < std::size_t{1} << level; ++i) {
      const std::size_t rank = i * (256U >> level) + (128U >> level) - 1;
      if (rank < count) searches_[base + (std::size_t{1} << level) + i] = thresholds[rank];
    }
  }
}

void ForestCodes::AddSorted(const float* thresholds, std::size_t count) {
  const std::size_t base = sorted_.size();
  sorted_.resize(base + kSortedFloats, std::numeric_limits<float>::quiet_NaN());
  std::copy_n(thresholds, count, sorted_.data() + base + 16);
  for (std::size_t i = 0; i < 16; ++i) sorted_[base + i] = sorted_[base + 16 + 16 * i + 15];
}

bool ForestCodes::NumberColumns() {
  first_scales_.resize(thresholds_.size());
  for (std::size_t feature = 0; feature < thresholds_.size(); ++feature) {
    const std::vector<float>& all = thresholds_[feature];
    first_scales_[feature] = static_cast<std::uint32_t>(scales_.size());
    for (std::size_t begin = 0; begin < all.size(); begin += kScaleThresholds) {
      const std::size_t count = std::min(kScaleThresholds, all.size() - begin);
      Scale scale{.feature = static_cast<std::uint32_t>(feature),
                  .count = static_cast<std::uint32_t>(count)};
      const auto add_column = [&](std::uint8_t missing) {
        first_planes_.push_back(plane_count_);
        plane_count_ += scale.count;
        column_scales_.push_back(static_cast<std::uint8_t>(scales_.size()));
        column_missing_.push_back(missing);
        return static_cast<std::int32_t>(column_count_++);
      };
      if (any_low_[feature]) scale.low = add_column(0);
      if (any_high_[feature]) scale.high = add_column(255);
      if (column_count_ + sets_.size() > kMostColumns) return false;
      scales_.push_back(scale);
      AddSearch(all.data() + begin, count);
      AddSorted(all.data() + begin, count);
    }
  }
  return column_count_ + sets_.size() <= kMostColumns;
}

bool ForestCodes::AddSets() {
  // Columns first: the size of each is that of its largest set.
  std::vector<std::uint32_t> sizes(thresholds_.size());
  for (const auto& [key, number] : sets_) {
    if (key.words.size() > kMostSetWords) return false;
    auto& size = sizes[static_cast<std::size_t>(key.feature)];
    size = std::max(size, static_cast<std::uint32_t>(key.words.size() * 32));
  }
  std::uint32_t next = 0;
  for (auto& [key, number] : sets_) {
    const auto feature = static_cast<std::uint32_t>(key.feature);
    const std::uint32_t size = sizes[feature];
    number = next++;
    if (categories_.empty() || categories_.back().feature != feature)
      categories_.push_back({.feature = feature, .size = size, .first_set = number});
    ++categories_.back().set_count;
    first_planes_.push_back(plane_count_++);
    const std::size_t first_word = set_bits_.size();
    set_words_.push_back(first_word);
    set_bits_.resize(first_word + (size + 2 + 31) / 32);
    if (set_bits_.size() > kMostSetWords) return false;
    std::copy(key.words.begin(), key.words.end(), set_bits_.begin() + std::ptrdiff_t(first_word));
    if (key.missing_right) SetBit(set_bits_, first_word, size + 1);
    small_sets_.resize(small_sets_.size() + 32);
    if (size > kSmallCategories) continue;
    std::uint8_t* const small = small_sets_.data() + small_sets_.size() - 32;
    for (std::uint32_t index = 0; index < size + 2; ++index) {
      if ((set_bits_[first_word + index / 32] >> (index % 32) & 1U) != 0)
        small[index / 128 * 16 + index % 16] |= static_cast<std::uint8_t>(1U << (index / 16 % 8));
    }
  }
  return true;
}

std::optional<ForestCodes> ForestCodes::Make(const CompactForest& forest) {
  ForestCodes codes;
  if (!codes.CollectTests(forest) || !codes.NumberColumns() || !codes.AddSets())
    return std::nullopt;
  const std::size_t whole_lines = (codes.column_scales_.size() + 63) / 64 * 64;
  codes.column_scales_.resize(whole_lines, 0);
  codes.column_missing_.resize(whole_lines, 0);
  return codes;
}

ForestCodes::Test ForestCodes::Of(const Tree& tree, std::size_t node) const {
  if (tree.category_set[node] >= 0)
    return {.column = column_count_ + sets_.at(KeyOf(tree, node)), .cut = 0};
  const auto feature = static_cast<std::size_t>(tree.feature[node]);
  const std::vector<float>& thresholds = thresholds_[feature];
  const auto rank = static_cast<std::size_t>(
      std::lower_bound(thresholds.begin(), thresholds.end(), tree.threshold[node]) -
      thresholds.begin());
  const Scale& scale = scales_[first_scales_[feature] + rank / kScaleThresholds];
  const std::int32_t column = tree.default_left[node] != 0 ? scale.low : scale.high;
  return {.column = static_cast<std::uint32_t>(column),
          .cut = static_cast<std::uint32_t>(rank % kScaleThresholds)};
}

std::uint32_t ForestCodes::IndexOf(const CategoryColumn& column, float value) {
  if (std::isnan(value)) return column.size + 1;
  const bool is_code = value >= 0 && value < static_cast<float>(column.size);
  return is_code ? static_cast<std::uint32_t>(value) : column.size;
}

std::uint32_t ForestCodes::largest_index() const {
  std::uint32_t largest = 0;
  for (const CategoryColumn& column : categories_) largest = std::max(largest, column.size + 1);
  return largest;
}

void ForestCodes::EncodeSets(const float* values, std::size_t stride, std::uint8_t* codes) const {
  for (const CategoryColumn& column : categories_) {
    const std::uint32_t index = IndexOf(column, values[column.feature * stride]);
    for (std::uint32_t s = column.first_set; s < column.first_set + column.set_count; ++s) {
      codes[s] =
          static_cast<std::uint8_t>(set_bits_[set_words_[s] + index / 32] >> (index % 32) & 1U);
    }
  }
}

void ForestCodes::Fill(ForestTables& tables) const {
  tables.scales = scales_.data();
  tables.scale_count = static_cast<std::uint32_t>(scales_.size());
  tables.searches = searches_.data();
  tables.sorted = sorted_.data();
  tables.column_count = column_count_;
  tables.categories = categories_.data();
  tables.category_count = static_cast<std::uint32_t>(categories_.size());
  tables.set_count = set_count();
  tables.set_bits = set_bits_.data();
  tables.set_words = set_words_.data();
  tables.small_sets = small_sets_.data();
  tables.first_plane = first_planes_.data();
  tables.first_set_plane = plane_count_ - set_count();
  tables.plane_count = plane_count_;
  tables.column_scales = column_scales_.data();
  tables.column_missing = column_missing_.data();
}

}  // namespace reeve::inference
