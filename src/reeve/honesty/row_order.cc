#include "reeve/honesty/row_order.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace reeve::honesty {

double OrderAuc(std::span<const std::int32_t> labels, int classes) {
  std::vector<double> count(static_cast<std::size_t>(classes)), rank_sum(count);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    count[static_cast<std::size_t>(labels[i])] += 1;
    rank_sum[static_cast<std::size_t>(labels[i])] += static_cast<double>(i);
  }
  const auto rows = static_cast<double>(labels.size());
  double best = 0.5;
  for (std::size_t c = 0; c < count.size(); ++c) {
    const double pairs = count[c] * (rows - count[c]);
    if (pairs <= 0) continue;
    // Mann-Whitney's U of ranks from 0.
    const double auc = (rank_sum[c] - count[c] * (count[c] - 1) / 2) / pairs;
    best = std::max(best, std::abs(auc - 0.5) + 0.5);
  }
  return best;
}

bool FollowsRows(const Column& column, std::span<const std::int64_t> rows) {
  constexpr std::size_t kFewest = 20;
  constexpr double kShare = 0.99;
  if (column.storage() != Column::Storage::kNumbers) return false;
  std::size_t steps = 0, rising = 0, falling = 0;
  double last = kMissingNumber;
  for (const std::int64_t row : rows) {
    const double value = column.numbers()[static_cast<std::size_t>(row)];
    if (std::isnan(value)) continue;
    if (!std::isnan(last)) {
      ++steps;
      rising += value > last;
      falling += value < last;
    }
    last = value;
  }
  if (steps < kFewest) return false;
  return static_cast<double>(std::max(rising, falling)) >= kShare * static_cast<double>(steps);
}

}  // namespace reeve::honesty
