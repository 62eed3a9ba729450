#pragma once

#include <optional>
#include <span>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/inference/calibration.h"
#include "reeve/table/probabilities.h"

namespace reeve::inference {

/// What stands between a model's output and an answer. Part of every bundle (decision.json).
struct Decision {
  /// Two classes: a row is positive when its probability is at least this. Absent for more classes,
  /// where the most probable one is chosen.
  std::optional<double> threshold;
  /// How many times more often each class was seen in training than it occurs (class weights,
  /// undersampling), up to a common factor. Empty: as it occurs.
  std::vector<double> odds;
  /// Applied to probabilities whose odds were corrected.
  Calibration calibration = {};

  /// From a model's output to the probabilities that are shown and decided on: CorrectOdds, then
  /// the calibration. No-op when there is neither. Every way of scoring goes through here.
  void Correct(Probabilities& probabilities) const;
  /// The same for one row.
  void Correct(std::span<double> row) const;

  /// Undoes the treatment of imbalance: p_k becomes proportional to p_k / odds_k, so that
  /// probabilities mean what they say (for two classes p' / (p' + w (1 - p'))). No-op for empty
  /// odds.
  void CorrectOdds(Probabilities& probabilities) const;
  /// The same for one row.
  void CorrectOdds(std::span<double> row) const;

  /// decision.json (docs/formats/bundle.md): version 1, or version 2 with a calibration.
  Json ToJson() const;
  /// Reads both versions. Fails with kCorrupt: a threshold outside [0, 1], odds that are not
  /// positive or not one per class, a calibration that is none.
  static Result<Decision> FromJson(const Json& json, int classes);
};

}  // namespace reeve::inference
