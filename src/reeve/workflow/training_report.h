#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reeve/contract/profile.h"
#include "reeve/learners/learner.h"
#include "reeve/report/training_report.h"
#include "reeve/tracking/store.h"
#include "reeve/workflow/record_training.h"

namespace reeve::workflow {

/// What a report is made from. Does not own; everything outlives the call.
struct ReportSources {
  const TrainRequest& request;
  const TrainingTable& table;
  const TrainReport& report;
  const TrainingPredictions& predictions;
  /// Of the training table.
  const contract::Profile& profile;
  /// Of the final model.
  const std::vector<learners::HistoryPoint>& history;
  /// See tuning::SearchResult.
  const std::vector<std::vector<double>>& fold_curves;
  /// The model in use under the name that is registered, if there is one.
  std::optional<report::ChampionComparison> champion = {};
};

/// The report of a training: curves and counts of the test part, or of out-of-fold predictions
/// where there is none; slices of out-of-fold predictions, which are more, or of the test part.
report::TrainingReport MakeTrainingReport(const ReportSources& sources);

/// Test scores of the model that `name`'s alias champion points at, beside those of `report`.
/// Nothing when there is none, or when the store does not tell: a report is no reason to fail.
std::optional<report::ChampionComparison> CompareWithChampion(tracking::Store& store,
                                                              const std::string& name,
                                                              const TrainReport& report);

}  // namespace reeve::workflow
