#pragma once

#include <memory>

#include "reeve/learners/learner.h"

namespace reeve::learners {

/// Gradient-boosted trees, trained by XGBoost through its C API and handed back as a forest of
/// ours.
///
/// Gradients are computed here (log loss, two or more classes) and rounded to a grid on which every
/// sum XGBoost forms is exact (gradients.h), so the trees are the same for any number of threads.
/// With TrainOptions::early_stopping training ends when the log loss of those rows has not improved
/// for early_stopping_rounds, and the best round is kept.
std::unique_ptr<Learner> MakeBoosted();

}  // namespace reeve::learners
