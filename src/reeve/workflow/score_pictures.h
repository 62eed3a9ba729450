#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/report/picture_data.h"
#include "reeve/table/decision_rule.h"
#include "reeve/table/probabilities.h"

namespace reeve::workflow {

/// Labelled predictions as pictures see them. Does not own.
struct ScoredRows {
  std::span<const std::int32_t> labels;
  const Probabilities* probabilities = nullptr;
  std::span<const std::string> classes;
  /// How they are decided.
  DecisionRule rule = {};
};

/// Fills the curves, calibration and distribution of `data`. Two classes: of the positive one.
/// More: curves of each class against the rest (of the hardest, where they would not fit one
/// picture); the calibration of the most probable class, and the distribution of the probability
/// that the predicted class was given.
/// What is undefined (one class only) stays empty.
void AddScorePictures(const ScoredRows& rows, report::PictureData& data);

/// One-vs-rest AUC of each class; NaN for a class that does not occur. Empty for two classes.
std::vector<double> ClassAucs(const ScoredRows& rows);

}  // namespace reeve::workflow
