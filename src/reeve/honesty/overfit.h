#pragma once

#include <optional>
#include <vector>

#include "reeve/contract/warning.h"
#include "reeve/honesty/scored_rows.h"

namespace reeve::honesty {

/// Predictions of the same procedure on rows it did not learn from, in two ways.
struct OverfitProblem {
  /// By models of cross-validation.
  ScoredRows out_of_fold;
  /// By the final model on the test part.
  ScoredRows test;
};

/// The test part is worse than cross-validation promised, by more than chance explains.
struct Gap {
  /// "AUC" for two classes, "accuracy" for more.
  const char* score = "AUC";
  double out_of_fold = 0, test = 0;
  /// Standard errors between the two.
  double z = 0;
};

/// Compares the two scores (MeasureScore): a gap is at least 3 standard errors and 0.02 wide. That
/// a booster is perfect on the rows it learnt from says nothing and is not looked at; that
/// cross-validation and test disagree means that rows of different folds share something which new
/// rows lack (repeats of one person, neighbours in time), or that the choice among trials fed on
/// luck. Nothing when a part has no such score.
std::optional<Gap> MeasureGap(const OverfitProblem& problem);

/// The `overfit` warning of a gap; `train` is the same score on rows that the model learnt from,
/// when known. `is_shifted` tells that train_test_shift was found too, which explains the gap.
contract::Warning OverfitWarning(const Gap& gap, std::optional<double> train, bool is_shifted);

}  // namespace reeve::honesty
