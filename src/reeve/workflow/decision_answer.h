#pragma once

#include <string>

#include "reeve/base/json.h"
#include "reeve/evaluation/scores.h"
#include "reeve/workflow/train.h"

namespace reeve::workflow {

/// {"perfect_ece":…,"bins":[{"mean_predicted":…,"observed":…,"low":…,"high":…,"rows":…}]}.
Json ReliabilityToJson(const evaluation::Scores& scores);
/// What was said and what came true, bin by bin, in three short lines; empty without rows.
std::string ReliabilityText(const evaluation::Scores& scores);

/// {"kind":…,"log_loss":{"none":…,"temperature":…},"reason":…}; null without out-of-fold
/// predictions.
Json CalibrationToJson(const TrainReport& report);
/// {"labels":[…],"matrix":[[…]],"out_of_fold":{…},"test":{…}} (see CostsToJson) and for two classes
/// {"fp":…,"fn":…,"threshold":"bayes"|"empirical"}; null without costs.
Json CostToJson(const TrainReport& report);
/// Calibration, threshold and costs for people.
std::string DecisionText(const TrainReport& report);

/// One object for each treatment of each configuration.
Json ComparisonToJson(const TrainReport& report);
/// The same as a table.
std::string ComparisonText(const TrainReport& report);

}  // namespace reeve::workflow
