#pragma once

#include "reeve/base/result.h"
#include "reeve/tuning/folds.h"
#include "reeve/tuning/search.h"
#include "reeve/workflow/record_training.h"
#include "reeve/workflow/train.h"
#include "reeve/workflow/training_table.h"

namespace reeve::workflow {

/// Asks, after the test part was scored, whether the result can be trusted: every check of the
/// honesty module whose warning is not ignored. Adds to the report's warnings and suspect labels;
/// changes nothing about the model. Checks of data look at training rows only, those of the split
/// and of scores at both parts. Fails with kCancelled.
Status CheckTraining(const TrainRequest& request, const TrainingTable& table,
                     const tuning::Fold& split, const tuning::SearchResult& result,
                     const TrainingPredictions& predictions, TrainReport& report);

}  // namespace reeve::workflow
