#pragma once

#include <vector>

#include "reeve/table/probabilities.h"

namespace reeve::tuning {

/// Predictions of two classes from the probabilities of the positive one.
inline Probabilities OfPositives(const std::vector<double>& positive) {
  Probabilities made(static_cast<std::int64_t>(positive.size()), 2);
  for (std::size_t row = 0; row < positive.size(); ++row) {
    made.values[2 * row] = 1 - positive[row];
    made.values[2 * row + 1] = positive[row];
  }
  return made;
}

}  // namespace reeve::tuning
