#pragma once

#include <vector>

#include "reeve/contract/warning.h"
#include "reeve/honesty/scored_rows.h"

namespace reeve::honesty {

/// Out-of-fold predictions by fold.
struct FoldProblem {
  std::vector<ScoredRows> folds;
  /// True when the folds follow each other in time, each judged by models of the past.
  bool in_time_order = false;
};

/// `unstable_folds` when the scores of folds (MeasureScore) differ by more than sampling explains:
/// Cochran's Q of the scores has a p-value below 0.001, and what is left after sampling
/// (DerSimonian and Laird's between-fold deviation) is above 0.02.
///
/// In time order later folds learn from more rows and should score better, so that the scores are
/// compared with the nearest rising sequence (isotonic regression) instead of their mean: a warning
/// then means that the score fell.
std::vector<contract::Warning> FindUnstableFolds(const FoldProblem& problem);

}  // namespace reeve::honesty
