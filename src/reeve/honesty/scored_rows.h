#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reeve/table/probabilities.h"

namespace reeve::honesty {

/// Predictions with the classes that came true, row by row.
struct ScoredRows {
  std::vector<std::int32_t> labels;
  Probabilities probabilities;
};

/// A score that can be compared between sets of rows.
struct MeasuredScore {
  double value = 0;
  /// Of `value`, given that the rows are a sample; never 0.
  double variance = 0;
};

/// For two classes the AUC with DeLong's variance, for more the accuracy with the binomial one. Of
/// perfect scores the variance would be 0: it is at least that of one row in doubt. Nothing when
/// there is no score: fewer than two rows of a class.
std::optional<MeasuredScore> MeasureScore(const ScoredRows& rows);

}  // namespace reeve::honesty
