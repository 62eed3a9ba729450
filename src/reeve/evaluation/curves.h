#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::evaluation {

struct CurvePoint {
  double x = 0, y = 0;
  /// Probability at which the point stands.
  double threshold = 0;
};

/// False positive rate (x) and true positive rate (y), one point per distinct probability, best
/// first; the origin is not among them. `labels` are 0 or 1. Fails with kInvalidData unless both
/// classes occur.
Result<std::vector<CurvePoint>> RocCurve(std::span<const std::int32_t> labels,
                                         std::span<const double> probabilities);

/// Recall (x) and precision (y), one point per distinct probability, highest threshold first.
Result<std::vector<CurvePoint>> PrecisionRecallCurve(std::span<const std::int32_t> labels,
                                                     std::span<const double> probabilities);

struct LiftDecile {
  int decile = 1;
  std::int64_t rows = 0, positives = 0;
  /// Share of positives here over that of all rows; positives up to here over all positives.
  double lift = 0, cumulative_gain = 0;
};

/// Ten equal parts of the rows by falling probability, ties in row order. Empty without positives.
std::vector<LiftDecile> LiftDeciles(std::span<const std::int32_t> labels,
                                    std::span<const double> probabilities);

/// At most `most` points of a curve, evenly over its length, ends kept: for drawing.
std::vector<CurvePoint> Thin(const std::vector<CurvePoint>& curve, std::size_t most);

}  // namespace reeve::evaluation
