#pragma once

#include <optional>
#include <span>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/inference/calibration.h"
#include "reeve/table/decision_rule.h"
#include "reeve/table/probabilities.h"

namespace reeve::inference {

/// What stands between a model's output and an answer. Part of every bundle (decision.json).
struct Decision {
  /// Two classes: a row is positive when its probability is at least this. Absent for more classes.
  std::optional<double> threshold;
  /// How many times more often each class was seen in training than it occurs (class weights,
  /// undersampling), up to a common factor. Empty: as it occurs.
  std::vector<double> odds;
  /// Applied to probabilities whose odds were corrected.
  Calibration calibration = {};
  /// What wrong decisions cost, where training was told: more than two classes are decided by it,
  /// for two the threshold was chosen by it.
  std::optional<CostMatrix> costs = {};

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

  /// The class of a row whose probabilities were corrected. No allocation.
  int Decide(std::span<const double> probabilities) const {
    return reeve::Decide(probabilities, threshold.value_or(0.5), costs);
  }
  /// The same as a value, for what scores decisions.
  DecisionRule rule() const { return {threshold.value_or(0.5), costs}; }

  /// decision.json (docs/formats/bundle.md): version 1, version 2 with a calibration, version 3
  /// with costs.
  Json ToJson() const;
  /// Reads all versions. Fails with kCorrupt: a threshold outside [0, 1], odds that are not
  /// positive or not one per class, a calibration or costs that are none.
  static Result<Decision> FromJson(const Json& json, int classes);
};

}  // namespace reeve::inference
