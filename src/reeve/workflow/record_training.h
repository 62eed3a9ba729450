#pragma once

#include <vector>

#include "reeve/base/result.h"
#include "reeve/table/probabilities.h"
#include "reeve/tuning/search.h"
#include "reeve/workflow/run_recorder.h"
#include "reeve/workflow/train.h"

namespace reeve::workflow {

/// Predictions that scores and pictures are made of.
struct TrainingPredictions {
  /// Rows of the training table that the predictions are of.
  std::vector<std::int64_t> test_rows, out_of_fold_rows;
  std::vector<std::int32_t> test_labels, out_of_fold_labels;
  Probabilities test, out_of_fold;
};

/// Writes the bundle, and with a recorder everything the run holds: parameters, metrics, data set,
/// pictures, report; then publishes model, version and alias together and ends the run. Fills the
/// report's bundle and model. `result` is used up.
Status RecordTraining(const TrainRequest& request, const TrainingTable& table,
                      tuning::SearchResult& result, const TrainingPredictions& predictions,
                      RunRecorder* recorder, TrainReport& report);

}  // namespace reeve::workflow
