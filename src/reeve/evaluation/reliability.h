#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/table/probabilities.h"

namespace reeve::evaluation {

/// Rows of similar probability: what was said of them and what came true.
struct ReliabilityBin {
  double mean_predicted = 0;  ///< mean probability
  double observed = 0;        ///< share of positives
  /// Wilson's 95 % interval of `observed`; a calibrated model has mean_predicted within most of
  /// them.
  double low = 0, high = 0;
  std::int64_t rows = 0;
};

/// Bins of every summary, page and score.
inline constexpr int kReliabilityBins = 10;

/// Mean probability against share of positives in bins of equal frequency (edges at quantiles, as
/// scikit-learn's calibration_curve with strategy="quantile"): ties stay together, empty bins are
/// left out.
std::vector<ReliabilityBin> ReliabilityCurve(std::span<const std::int32_t> labels,
                                             std::span<const double> probabilities, int bins);

/// The same of any number of classes. Two: of the positive class; more: of the predicted class,
/// being right counting as positive.
std::vector<ReliabilityBin> ReliabilityCurve(std::span<const std::int32_t> labels,
                                             const Probabilities& probabilities, int bins);

/// Expected calibration error: the mean over rows of |observed - mean_predicted| of a row's bin,
/// bins as in ReliabilityCurve (of equal frequency, so that no bin's figure rests on a handful of
/// rows). 0 without rows.
double ExpectedCalibrationError(std::span<const std::int32_t> labels,
                                const Probabilities& probabilities, int bins,
                                std::span<const double> weights);

/// What ExpectedCalibrationError comes to, on average, for a model whose probabilities are exactly
/// right: never 0, since shares of few rows scatter. An error near it says nothing against a model.
/// Per bin sqrt(2 / pi · mean p (1 - p) / rows), the mean absolute deviation of a normal share.
double ErrorOfPerfectCalibration(std::span<const std::int32_t> labels,
                                 const Probabilities& probabilities, int bins);

}  // namespace reeve::evaluation
