// Growing one tree on quantised columns.
//
// A node's rows are a range of one index array, partitioned in place at each split. For each tried
// feature the node's rows are counted into bins by class; only bins that occur are touched, so a
// node of ten rows costs ten steps and not 255. Numbers are split between neighbouring occurring
// bins; categories are ordered by their share of one class and split as if they were numbers, which
// for two classes finds the best subset (Breiman et al. 1984). Missing values are tried on both
// sides.

#include "reeve/learners/forest/grow_tree.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace reeve::learners {
namespace {

using inference::Tree;

struct Split {
  double gain = 0;
  std::size_t feature = 0;
  /// Numbers: rows with bin <= this go left. Categories: unused.
  int last_left_bin = 0;
  /// Cut that says the same about values.
  float threshold = 0;
  /// Categories: bins that go right.
  std::vector<std::uint8_t> right_bins;
  bool missing_left = false;
  bool found = false;
};

struct Range {
  std::size_t begin = 0, end = 0;
  /// The same of the rows held out.
  std::size_t held_begin = 0, held_end = 0;
  std::size_t depth = 0;
  std::size_t node = 0;
  std::size_t size() const { return end - begin; }
};

// Weighted class counts and the number of rows behind them.
struct Counts {
  std::vector<double> by_class;
  double total = 0;
  std::size_t rows = 0;

  explicit Counts(std::size_t classes) : by_class(classes) {}
  void Add(const double* other, std::size_t other_rows) {
    for (std::size_t k = 0; k < by_class.size(); ++k) {
      by_class[k] += other[k];
      total += other[k];
    }
    rows += other_rows;
  }
  void Add(const Counts& other) { Add(other.by_class.data(), other.rows); }
  void SetDifference(const Counts& a, const Counts& b) {
    total = 0;
    for (std::size_t k = 0; k < by_class.size(); ++k) {
      by_class[k] = a.by_class[k] - b.by_class[k];
      total += by_class[k];
    }
    rows = a.rows - b.rows;
  }
  void Clear() {
    std::fill(by_class.begin(), by_class.end(), 0.0);
    total = 0;
    rows = 0;
  }
};

// Larger is purer: the part of the impurity decrease that depends on the split.
double Purity(const Counts& counts, Impurity impurity) {
  if (counts.total <= 0) return 0;
  double sum = 0;
  if (impurity == Impurity::kGini) {
    for (const double count : counts.by_class) sum += count * count;
    return sum / counts.total;
  }
  for (const double count : counts.by_class) {
    if (count > 0) sum += count * std::log2(count / counts.total);
  }
  return sum;
}

class Grower {
 public:
  Grower(TreeRows rows, const TreeOptions& options, Random random)
      : rows_(std::move(rows)),
        options_(options),
        random_(random),
        classes_(static_cast<std::size_t>(rows_.classes)),
        bin_counts_(256 * classes_),
        bin_rows_(256),
        feature_order_(rows_.columns.size()),
        missing_(classes_),
        left_(classes_),
        right_(classes_) {
    std::iota(feature_order_.begin(), feature_order_.end(), std::size_t{0});
    for (std::size_t row = 0; row < rows_.weights.size(); ++row) {
      if (rows_.weights[row] > 0) index_.push_back(static_cast<std::uint32_t>(row));
    }
    grown_.held_out = std::move(rows_.held_out);
    grown_.held_out_leaves.resize(grown_.held_out.size());
    grown_.importance.resize(rows_.columns.size());
  }

  GrownTree Run() {
    std::vector<Range> pending = {{0, index_.size(), 0, grown_.held_out.size(), 0, AddNode()}};
    std::size_t leaves = 1;
    // Depth first. Children are numbered when their parent splits, so they come after it.
    while (!pending.empty()) {
      const Range range = pending.back();
      pending.pop_back();
      const Counts counts = CountClasses(range);
      grown_.tree.cover[range.node] = static_cast<float>(counts.total);
      const bool may_split = options_.max_leaves == 0 || leaves < options_.max_leaves;
      const Split split = may_split ? FindSplit(range, counts) : Split{};
      if (!split.found) {
        MakeLeaf(range, counts);
        continue;
      }
      ++leaves;
      grown_.importance[split.feature] += split.gain;
      const auto goes_right = RightBins(split);
      const auto& bins = rows_.columns[split.feature].bins;
      const std::size_t middle = Partition(index_, range.begin, range.end, bins, goes_right);
      const std::size_t held_middle =
          Partition(grown_.held_out, range.held_begin, range.held_end, bins, goes_right);
      const std::size_t left = AddNode(), right = AddNode();
      SetInner(range.node, split, left, right);
      pending.push_back({middle, range.end, held_middle, range.held_end, range.depth + 1, right});
      pending.push_back(
          {range.begin, middle, range.held_begin, held_middle, range.depth + 1, left});
    }
    return std::move(grown_);
  }

 private:
  std::size_t AddNode() {
    Tree& tree = grown_.tree;
    tree.left.push_back(-1);
    tree.right.push_back(-1);
    tree.feature.push_back(0);
    tree.threshold.push_back(0);
    tree.default_left.push_back(0);
    tree.category_set.push_back(-1);
    tree.leaf_vector.push_back(-1);
    tree.cover.push_back(0);
    return tree.left.size() - 1;
  }

  Counts CountClasses(const Range& range) const {
    Counts counts(classes_);
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const std::uint32_t row = index_[i];
      counts.by_class[static_cast<std::size_t>(rows_.labels[row])] += rows_.weights[row];
      counts.total += rows_.weights[row];
    }
    counts.rows = range.size();
    return counts;
  }

  void MakeLeaf(const Range& range, const Counts& counts) {
    const std::size_t leaf = grown_.shares.size() / classes_;
    grown_.tree.leaf_vector[range.node] = static_cast<std::int32_t>(leaf);
    std::fill(grown_.held_out_leaves.begin() + static_cast<std::ptrdiff_t>(range.held_begin),
              grown_.held_out_leaves.begin() + static_cast<std::ptrdiff_t>(range.held_end),
              static_cast<std::uint32_t>(leaf));
    for (const double count : counts.by_class) {
      grown_.shares.push_back(counts.total > 0 ? static_cast<float>(count / counts.total)
                                               : 1.0F / static_cast<float>(classes_));
    }
  }

  void SetInner(std::size_t node, const Split& split, std::size_t left, std::size_t right) {
    Tree& tree = grown_.tree;
    tree.left[node] = static_cast<std::int32_t>(left);
    tree.right[node] = static_cast<std::int32_t>(right);
    tree.feature[node] = static_cast<std::int32_t>(split.feature);
    tree.threshold[node] = split.threshold;
    tree.default_left[node] = split.missing_left;
    const QuantisedColumn& column = rows_.columns[split.feature];
    if (!column.is_categorical) return;
    std::vector<std::uint32_t> words(static_cast<std::size_t>(column.largest_code) / 32 + 1);
    for (const std::uint8_t bin : split.right_bins) {
      // The last bin stands for the whole tail of codes.
      const std::int32_t last = bin == kMissingBin - 1 ? column.largest_code : bin;
      for (std::int32_t code = bin; code <= last; ++code)
        words[static_cast<std::size_t>(code) / 32] |= 1U << (code % 32);
    }
    tree.category_set[node] = static_cast<std::int32_t>(tree.category_sets.size());
    tree.category_sets.push_back(std::move(words));
  }

  Split FindSplit(const Range& range, const Counts& counts) {
    Split best;
    const bool pure =
        *std::max_element(counts.by_class.begin(), counts.by_class.end()) >= counts.total;
    const bool deep = options_.max_depth > 0 && range.depth >= options_.max_depth;
    if (pure || deep || range.size() < 2 * options_.min_leaf_rows) return best;
    const double before = Purity(counts, options_.impurity);
    std::size_t tried = 0;
    for (std::size_t i = 0; i < feature_order_.size(); ++i) {
      // As many features as asked, and further ones until one splits at all.
      if (tried >= options_.features_per_node && best.found) break;
      std::swap(feature_order_[i], feature_order_[i + random_.Below(feature_order_.size() - i)]);
      if (TryFeature(feature_order_[i], range, counts, before, best)) ++tried;
    }
    return best;
  }

  // False when the feature is constant here.
  bool TryFeature(std::size_t feature, const Range& range, const Counts& counts, double before,
                  Split& best) {
    const QuantisedColumn& column = rows_.columns[feature];
    CountBins(column, range);
    if (touched_.size() + (missing_.rows > 0 ? 1 : 0) < 2) {
      ClearBins();
      return false;
    }
    if (column.is_categorical) {
      OrderCategories(counts);
    } else {
      std::sort(touched_.begin(), touched_.end());
    }
    left_.Clear();
    const std::size_t only = options_.random_cuts ? DrawCut(column) : touched_.size();
    for (std::size_t i = 0; i < touched_.size(); ++i) {
      left_.Add(bin_counts_.data() + touched_[i] * classes_, bin_rows_[touched_[i]]);
      if (i + 1 == touched_.size() && missing_.rows == 0) break;
      if (!options_.random_cuts || i == only) Consider(feature, i, counts, before, best);
    }
    ClearBins();
    return true;
  }

  // The position in touched_ behind which to cut, and, for numbers, the bin there.
  std::size_t DrawCut(const QuantisedColumn& column) {
    if (touched_.size() == 1) return 0;  // present against missing
    if (column.is_categorical) return random_.Below(touched_.size() - 1);
    const int lowest = touched_.front(), span = touched_.back() - lowest;
    drawn_bin_ = lowest + static_cast<int>(random_.Below(static_cast<std::uint64_t>(span)));
    const auto above = std::upper_bound(touched_.begin(), touched_.end(), drawn_bin_);
    return static_cast<std::size_t>(above - touched_.begin()) - 1;
  }

  void CountBins(const QuantisedColumn& column, const Range& range) {
    touched_.clear();
    missing_.Clear();
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const std::uint32_t row = index_[i];
      const std::uint8_t bin = column.bins[row];
      const auto label = static_cast<std::size_t>(rows_.labels[row]);
      if (bin == kMissingBin) {
        missing_.by_class[label] += rows_.weights[row];
        missing_.total += rows_.weights[row];
        ++missing_.rows;
        continue;
      }
      if (bin_rows_[bin]++ == 0) touched_.push_back(bin);
      bin_counts_[bin * classes_ + label] += rows_.weights[row];
    }
  }

  void ClearBins() {
    for (const std::uint8_t bin : touched_) {
      bin_rows_[bin] = 0;
      std::fill_n(bin_counts_.begin() + static_cast<std::ptrdiff_t>(bin * classes_), classes_, 0.0);
    }
  }

  // By share of the class whose share varies most: p (1 - p) is largest.
  void OrderCategories(const Counts& counts) {
    std::size_t guide = 0;
    for (std::size_t k = 1; k < classes_; ++k) {
      const auto spread = [&](std::size_t c) {
        return counts.by_class[c] * (counts.total - counts.by_class[c]);
      };
      if (spread(k) > spread(guide)) guide = k;
    }
    const auto share = [&](std::uint8_t bin) {
      const double* const by_class = bin_counts_.data() + bin * classes_;
      return by_class[guide] / std::accumulate(by_class, by_class + classes_, 0.0);
    };
    std::sort(touched_.begin(), touched_.end(), [&](std::uint8_t a, std::uint8_t b) {
      const double x = share(a), y = share(b);
      return x < y || (x == y && a < b);
    });
  }

  // Tries the split behind the i-th occurring bin, with missing values right and left.
  void Consider(std::size_t feature, std::size_t i, const Counts& counts, double before,
                Split& best) {
    for (const bool missing_left : {false, true}) {
      if (missing_left && missing_.rows == 0) continue;
      if (missing_left && i + 1 == touched_.size()) continue;  // nothing would go right
      if (missing_left) left_.Add(missing_);
      right_.SetDifference(counts, left_);
      if (left_.rows >= options_.min_leaf_rows && right_.rows >= options_.min_leaf_rows) {
        const double gain =
            Purity(left_, options_.impurity) + Purity(right_, options_.impurity) - before;
        // A random cut that gains nothing still parts the rows for better ones below.
        const bool better =
            options_.random_cuts && !best.found ? gain > -1e-12 : gain > best.gain + 1e-12;
        if (better) Accept(feature, i, std::max(gain, 0.0), missing_left, best);
      }
      if (missing_left) {
        for (std::size_t k = 0; k < classes_; ++k) left_.by_class[k] -= missing_.by_class[k];
        left_.total -= missing_.total;
        left_.rows -= missing_.rows;
      }
    }
  }

  void Accept(std::size_t feature, std::size_t i, double gain, bool missing_left,
              Split& best) const {
    const QuantisedColumn& column = rows_.columns[feature];
    best.found = true;
    best.gain = gain;
    best.feature = feature;
    best.missing_left = missing_left;
    best.right_bins.clear();
    if (column.is_categorical) {
      best.threshold = 0;
      best.right_bins.assign(touched_.begin() + static_cast<std::ptrdiff_t>(i) + 1, touched_.end());
      std::sort(best.right_bins.begin(), best.right_bins.end());
      return;
    }
    if (i + 1 == touched_.size()) {  // present against missing
      best.last_left_bin = kMissingBin - 1;
      best.threshold = std::numeric_limits<float>::infinity();
      return;
    }
    // Halfway between two occurring bins, as a threshold between two values would be.
    best.last_left_bin =
        options_.random_cuts ? drawn_bin_ : (touched_[i] + touched_[i + 1] - 1) / 2;
    best.threshold = column.cuts[static_cast<std::size_t>(best.last_left_bin)];
  }

  using BinSet = std::array<bool, 256>;

  BinSet RightBins(const Split& split) const {
    BinSet goes_right = {};
    const bool is_categorical = rows_.columns[split.feature].is_categorical;
    for (int bin = 0; bin < kMissingBin && !is_categorical; ++bin)
      goes_right[static_cast<std::size_t>(bin)] = bin > split.last_left_bin;
    for (const std::uint8_t bin : split.right_bins) goes_right[bin] = true;
    goes_right[kMissingBin] = !split.missing_left;
    return goes_right;
  }

  // Puts the rows of [begin, end) that go left first; returns where the others start.
  static std::size_t Partition(std::vector<std::uint32_t>& index, std::size_t begin,
                               std::size_t end, const std::vector<std::uint8_t>& bins,
                               const BinSet& goes_right) {
    const auto middle =
        std::stable_partition(index.begin() + static_cast<std::ptrdiff_t>(begin),
                              index.begin() + static_cast<std::ptrdiff_t>(end),
                              [&](std::uint32_t row) { return !goes_right[bins[row]]; });
    return static_cast<std::size_t>(middle - index.begin());
  }

  TreeRows rows_;
  const TreeOptions& options_;
  Random random_;
  std::size_t classes_;
  std::vector<std::uint32_t> index_;
  std::vector<double> bin_counts_;
  std::vector<std::size_t> bin_rows_;
  std::vector<std::uint8_t> touched_;
  std::vector<std::size_t> feature_order_;
  int drawn_bin_ = 0;
  Counts missing_, left_, right_;
  GrownTree grown_;
};

}  // namespace

GrownTree GrowTree(TreeRows rows, const TreeOptions& options, Random random) {
  return Grower(std::move(rows), options, random).Run();
}

}  // namespace reeve::learners
