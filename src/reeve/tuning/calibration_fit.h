#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/inference/calibration.h"
#include "reeve/table/probabilities.h"

namespace reeve::tuning {

/// The targets of Platt's regression.
enum class PlattTargets {
  /// (N+ + 1) / (N+ + 2) and 1 / (N- + 2): keeps the slope finite where classes are apart (Platt
  /// 1999).
  kSmoothed,
  /// 1 and 0: plain maximum likelihood.
  kPlain,
};

/// Slope and intercept of the logistic regression of `labels` on the logit of `probabilities` (of
/// the positive class), by Newton's method (Lin, Lin and Weng 2007). Labels are 0 or 1. Fails with
/// kInvalidData unless both occur and the slope comes out positive: probabilities that rank rows
/// the wrong way round cannot be calibrated by a rising map.
Result<inference::Calibration> FitPlatt(std::span<const std::int32_t> labels,
                                        std::span<const double> probabilities,
                                        PlattTargets targets = PlattTargets::kSmoothed);

/// Neighbouring probabilities that share one value after isotonic regression.
struct PooledBlock {
  /// The smallest, largest and mean probability in it.
  double low = 0, high = 0, mean = 0;
  /// Share of positives.
  double share = 0;
  std::int64_t rows = 0;
};

/// Isotonic regression of 0/1 labels on probabilities: blocks by rising probability, shares
/// strictly rising, equal probabilities in one block (pool adjacent violators, Ayer et al. 1955).
/// O(n log n).
std::vector<PooledBlock> PoolAdjacentViolators(std::span<const std::int32_t> labels,
                                               std::span<const double> probabilities);

/// The isotonic map. The plain one is a staircase: it ties all rows of a block, which costs AUC,
/// and says 0 and 1 at its ends. Here each block is one point at its mean probability, with
/// straight lines between (Oron and Flournoy 2017) and on to the ends, and shares stay 1 / (rows +
/// 2) away from 0 and 1: the map rises strictly, so the order of rows stays. Fails with
/// kInvalidData unless both classes occur.
Result<inference::Calibration> FitIsotonic(std::span<const std::int32_t> labels,
                                           std::span<const double> probabilities);

/// The temperature with the smallest log loss, between 1/20 and 20; any number of classes (Guo et
/// al. 2017). The loss is convex in 1 / temperature, so the answer is the only one. Fails with
/// kInvalidData without rows.
Result<inference::Calibration> FitTemperature(std::span<const std::int32_t> labels,
                                              const Probabilities& probabilities);

}  // namespace reeve::tuning
