#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/features/text/sparse_rows.h"

namespace reeve::features {

struct LinearSvmOptions {
  /// Weight of the losses against the squared weights.
  double cost = 1;
  /// Passes end when the largest violation of optimality is below this.
  double tolerance = 0.1;
  int most_passes = 20;
  /// Order in which rows are looked at.
  std::uint64_t seed = 42;
};

/// w·x + intercept, positive for rows of the class.
struct LinearSeparator {
  std::vector<double> weights;
  double intercept = 0;

  double Margin(std::span<const SparseRows::Value> row) const {
    double sum = intercept;
    for (const SparseRows::Value& value : row)
      sum += weights[static_cast<std::size_t>(value.column)] * static_cast<double>(value.value);
    return sum;
  }
};

/// A linear support vector machine: minimises |w|² / 2 + cost · Σ max(0, 1 - y (w·x))², with a
/// constant 1 among the values of x for the intercept, by coordinate descent in the dual (Hsieh,
/// Chang, Lin, Keerthi, Sundararajan 2008, algorithm 1). Looks at the rows `rows` of `matrix`;
/// `is_positive` holds one value for each of them. One seed, one result.
LinearSeparator TrainLinearSvm(const SparseRows& matrix, std::span<const std::int64_t> rows,
                               std::span<const std::uint8_t> is_positive,
                               const LinearSvmOptions& options);

}  // namespace reeve::features
