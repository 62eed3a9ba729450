#pragma once

#include <cstdint>
#include <span>

#include "reeve/base/result.h"
#include "reeve/evaluation/metric.h"

namespace reeve::evaluation {

struct ThresholdChoice {
  /// A row is positive when its probability is at least this.
  double threshold = 0.5;
  /// The metric there.
  double value = 0;
};

/// The distinct probability that is best as a threshold for a metric of decisions; among equals the
/// smallest. `labels` are 0 or 1, `probabilities` those of the positive class. O(n log n). Fails
/// with kInvalidArgument for metrics that depend on no threshold, and for cost (CheapestThreshold),
/// and kInvalidData unless both classes occur.
Result<ThresholdChoice> BestThreshold(Metric metric, std::span<const std::int32_t> labels,
                                      std::span<const double> probabilities,
                                      std::span<const double> weights);

/// The distinct probability with the smallest cost of wrong decisions; among equals the smallest.
Result<ThresholdChoice> CheapestThreshold(double false_positive_cost, double false_negative_cost,
                                          std::span<const std::int32_t> labels,
                                          std::span<const double> probabilities,
                                          std::span<const double> weights);

}  // namespace reeve::evaluation
