#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reeve {

/// Class probabilities of `rows` rows: row-major, `classes` values a row that sum to 1. For two
/// classes column 0 is the negative and column 1 the positive class.
struct Probabilities {
  std::int64_t rows = 0;
  int classes = 2;
  std::vector<double> values;

  Probabilities() = default;
  /// All values 0, to be filled row by row.
  Probabilities(std::int64_t row_count, int class_count)
      : rows(row_count),
        classes(class_count),
        values(static_cast<std::size_t>(row_count) * static_cast<std::size_t>(class_count)) {}

  /// REQUIRES: 0 <= row < rows and 0 <= class_idx < classes.
  double at(std::int64_t row, int class_idx) const {
    return values[static_cast<std::size_t>(row * classes + class_idx)];
  }
  /// One row's probabilities; the span lives as long as `values` is not resized.
  std::span<const double> row(std::int64_t row_idx) const {
    return {values.data() + row_idx * classes, static_cast<std::size_t>(classes)};
  }
  std::span<double> mutable_row(std::int64_t row_idx) {
    return {values.data() + row_idx * classes, static_cast<std::size_t>(classes)};
  }
};

/// The class a row is assigned: for two classes the positive one (1) when its probability is at
/// least `threshold`; for more the most probable one, the first among equals (`threshold` is not
/// looked at).
inline int Decide(std::span<const double> probabilities, double threshold) {
  if (probabilities.size() == 2) return probabilities[1] >= threshold ? 1 : 0;
  int best = 0;
  for (std::size_t i = 1; i < probabilities.size(); ++i) {
    if (probabilities[i] > probabilities[static_cast<std::size_t>(best)])
      best = static_cast<int>(i);
  }
  return best;
}

}  // namespace reeve
