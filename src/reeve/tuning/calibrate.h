#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/inference/calibration.h"
#include "reeve/table/probabilities.h"

namespace reeve::tuning {

struct CalibrationOptions {
  /// Nothing: the simplest kind that helps, out of fold. Otherwise this one, whether it helps or
  /// not.
  std::optional<inference::CalibrationKind> kind = {};
  /// With fewer rows nothing is fitted; isotonic regression needs more.
  std::int64_t min_rows = 1000;
  std::int64_t min_isotonic_rows = 3000;
  /// Two classes: the rarer one needs this many rows too.
  std::int64_t min_class_rows = 30;
};

/// "auto", or the name of a kind. Fails with kInvalidArgument naming the nearest.
Result<CalibrationOptions> ParseCalibration(std::string_view name);

/// A kind that was tried, judged on rows that it was not fitted on.
struct CalibrationTrial {
  inference::CalibrationKind kind = inference::CalibrationKind::kNone;
  double log_loss = 0;
};

struct FittedCalibration {
  /// Fitted on all rows; of kind kNone where nothing was fitted, or nothing helps.
  inference::Calibration calibration;
  /// The rows' probabilities, each calibrated by a map that was fitted on the other folds: what
  /// scores and thresholds are to be taken from.
  Probabilities out_of_fold;
  /// What was tried, the first one without a calibration.
  std::vector<CalibrationTrial> trials;
  /// Why nothing was fitted, as a sentence; empty otherwise.
  std::string reason;
};

/// Fits a calibration on out-of-fold predictions. Row i of everything is one row: its class, its
/// predicted probabilities, the fold it was predicted in.
///
/// Nested: for each fold a map is fitted on the predictions of the others and judged on it. Kinds
/// are tried from simple to rich (temperature, Platt, isotonic); one is taken only when its log
/// loss is lower than that of the best simpler one by more than the standard error of the
/// difference, so that beyond noise it never does harm. Deterministic. Fails with kInvalidArgument
/// when the kind asked for is one of two classes and there are more.
Result<FittedCalibration> FitCalibration(std::span<const std::int32_t> labels,
                                         const Probabilities& out_of_fold,
                                         std::span<const std::int32_t> folds,
                                         const CalibrationOptions& options);

}  // namespace reeve::tuning
