#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/evaluation/cost.h"
#include "reeve/evaluation/metric.h"
#include "reeve/table/probabilities.h"
#include "reeve/tuning/calibrate.h"

namespace reeve::tuning {

struct DecisionOptions {
  CalibrationOptions calibration = {};
  /// What wrong decisions cost; the threshold of two classes is then the cheapest.
  std::optional<CostMatrix> costs = {};
  /// Without costs: the metric of decisions that the threshold maximises, or nothing for 0.5.
  std::optional<evaluation::Metric> threshold_metric = evaluation::Metric::kMcc;
};

/// What stands between the model's probabilities and its answers, and how it came about.
struct ChosenDecision {
  inference::Calibration calibration = {};
  /// Absent for more than two classes.
  std::optional<double> threshold = {};
  /// How the threshold was found where costs were given.
  std::optional<evaluation::CostRule> cost_rule = {};
  /// Log loss by kind of calibration, on rows that it was not fitted on; the first one without.
  std::vector<CalibrationTrial> calibrations = {};
  /// Why no calibration was fitted, as a sentence; empty otherwise.
  std::string calibration_obstacle = {};
};

/// Calibrates out-of-fold predictions and chooses the threshold on the calibrated ones, in that
/// order. Row i of everything is one row: its class, its probabilities, which are replaced by
/// calibrated ones (each by a map that was fitted on other folds), and the fold it was predicted
/// in. Fails with kInvalidArgument for a kind of calibration that more than two classes rule out.
Result<ChosenDecision> ChooseDecision(std::span<const std::int32_t> labels,
                                      std::span<const std::int32_t> folds,
                                      const DecisionOptions& options, Probabilities& out_of_fold);

}  // namespace reeve::tuning
