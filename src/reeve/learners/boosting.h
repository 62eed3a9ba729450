#pragma once

#include <vector>

#include "reeve/learners/early_stopping.h"
#include "reeve/learners/learner.h"

namespace reeve::learners {

// What boosters have in common, whatever their trees.

/// "n_estimators": rounds.
ParamSpec RoundsSpec();
/// "early_stopping_rounds": the patience of EarlyStopping.
ParamSpec PatienceSpec();
/// The rounds to train at most: n_estimators, or 3000 when rows are watched and none are given.
int MostRounds(const TrainOptions& options, const std::vector<ParamSpec>& specs);
/// Early stopping as the parameters say, by the rows that are watched, if any.
EarlyStopping MakeStopping(const TrainOptions& options, const std::vector<ParamSpec>& specs);
/// Gains (of forests: impurity decreases) as shares that sum to 1; all 0 when no tree splits.
std::vector<double> SharesOf(std::vector<double> gains);

}  // namespace reeve::learners
