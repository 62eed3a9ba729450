#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"

namespace reeve::inference {

/// How probabilities are corrected so that of the rows with 0.3 three in ten are positive.
enum class CalibrationKind {
  /// Not at all.
  kNone,
  /// Two classes: p' = 1 / (1 + exp(-(slope · logit p + intercept))) (Platt 1999).
  kPlatt,
  /// Two classes: a rising line through points, straight between them (Zadrozny and Elkan 2002;
  /// one point per pooled block as in Oron and Flournoy 2017).
  kIsotonic,
  /// Any number of classes: p'_k proportional to p_k^(1 / temperature) (Guo et al. 2017).
  kTemperature,
};

/// "none", "platt", "isotonic", "temperature".
std::string_view CalibrationName(CalibrationKind kind);
/// Fails with kInvalidArgument naming the nearest.
Result<CalibrationKind> ParseCalibrationKind(std::string_view name);

/// A fitted map from a model's probabilities to calibrated ones. Every kind rises strictly, so the
/// order of rows (AUC, average precision) stays what it was; with more than two classes the most
/// probable class stays the most probable. A value: immutable once made, free to copy, safe to use
/// from many threads.
struct Calibration {
  CalibrationKind kind = CalibrationKind::kNone;
  /// kPlatt. Slope > 0.
  double slope = 1, intercept = 0;
  /// kTemperature. > 0; above 1 it moves probabilities towards each other.
  double temperature = 1;
  /// kIsotonic: points of the line, both strictly rising; x within [0, 1], y within (0, 1). At
  /// least two.
  std::vector<double> x = {}, y = {};

  /// Replaces one row's probabilities, which sum to 1 before and after. Probabilities below 1e-9
  /// count as 1e-9 where a logarithm is taken. Some tens of nanoseconds, no allocation.
  /// REQUIRES: two values for kPlatt and kIsotonic.
  void Apply(std::span<double> row) const;

  /// The member `calibration` of decision.json (docs/formats/bundle.md).
  Json ToJson() const;
  /// Fails with kCorrupt: an unknown kind, numbers out of range, points that do not rise or are
  /// more than kMostPoints, a kind that does not fit the number of classes.
  static Result<Calibration> FromJson(const Json& json, int classes);

  static constexpr std::size_t kMostPoints = 65'536;
};

}  // namespace reeve::inference
