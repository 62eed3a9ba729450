#pragma once

#include <string>
#include <vector>

#include "reeve/learners/learner.h"
#include "reeve/report/pictures.h"
#include "reeve/workflow/record_training.h"

namespace reeve::workflow {

/// Pictures of a training: ROC, precision and recall, calibration, confusion, importance, boosting
/// rounds; of the test part, or of out-of-fold predictions where there is none.
std::vector<report::Picture> DrawTraining(const TrainReport& report,
                                          const TrainingPredictions& predictions,
                                          const std::vector<learners::HistoryPoint>& history);

/// One page with the answer and its pictures.
std::string TrainingHtml(const TrainReport& report, const std::vector<report::Picture>& pictures);

}  // namespace reeve::workflow
