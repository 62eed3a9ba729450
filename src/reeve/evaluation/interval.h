#pragma once

#include <cstdint>
#include <span>

#include "reeve/base/result.h"
#include "reeve/evaluation/metric.h"

namespace reeve::evaluation {

/// Where a score plausibly lies, given that the rows are a sample.
struct Interval {
  double low = 0, high = 0;
};

struct IntervalOptions {
  double level = 0.95;
  DecisionRule rule = {};
  std::uint64_t seed = 42;
  /// Resamples of the bootstrap.
  int resamples = 1000;
};

/// The interval of a score on these rows:
/// - auc of two classes: DeLong's variance, normal (Sun and Xu 2014), clipped to [0, 1];
/// - accuracy: Wilson's interval of a proportion;
/// - cost: CostInterval;
/// - everything else: percentile bootstrap over rows. Scores of decisions resample the confusion
///   counts by Poisson numbers; means of losses become normal beyond 10,000 rows; of rankings
///   beyond 20,000 rows a random part is resampled and its spread scaled (Politis and Romano 1994).
///   So it takes milliseconds whatever the table.
/// Deterministic in the seed. Fails as Score does.
Result<Interval> ConfidenceInterval(Metric metric, std::span<const std::int32_t> labels,
                                    const Probabilities& probabilities,
                                    const IntervalOptions& options);

/// AUC with its variance (DeLong et al. 1988), O(n log n).
struct AucVariance {
  double auc = 0, variance = 0;
};
/// `labels` are 0 or 1. kInvalidData unless both classes have at least two rows.
Result<AucVariance> DeLong(std::span<const std::int32_t> labels, std::span<const double> scores);

/// Wilson's interval of `successes` in `trials`, without continuity correction.
Interval Wilson(double successes, double trials, double level);

/// Quantile of the standard normal distribution, to 1e-12. REQUIRES: 0 < p < 1.
double NormalQuantile(double p);

}  // namespace reeve::evaluation
