#pragma once

#include <optional>
#include <span>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
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

  /// Undoes the treatment of imbalance: p_k becomes proportional to p_k / odds_k, so that
  /// probabilities mean what they say (for two classes p' / (p' + w (1 - p'))). No-op for empty
  /// odds.
  void CorrectOdds(Probabilities& probabilities) const;
  /// The same for one row.
  void CorrectOdds(std::span<double> row) const;

  Json ToJson() const;
  /// Fails with kCorrupt: a threshold outside [0, 1], odds that are not positive or not one per
  /// class.
  static Result<Decision> FromJson(const Json& json, int classes);
};

}  // namespace reeve::inference
