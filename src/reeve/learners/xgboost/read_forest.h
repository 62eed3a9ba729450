#pragma once

#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/inference/forest.h"

namespace reeve::learners {

/// What a model.ubj holds.
struct NativeForest {
  inference::Forest forest;
  /// By how much the splits on each feature lowered the training loss, summed over all trees
  /// (XGBoost's "total_gain"). One per feature.
  std::vector<double> total_gain;
};

/// XGBoost's model.ubj as a forest of ours, with exactly the same margins: the same float32
/// thresholds and leaf values, added in the same order to the same start value. Takes
/// binary:logistic and multi:softprob with the gbtree booster, numeric and categorical splits, both
/// spellings of base_score (1.7 to 3.x). Fails with kCorrupt for anything else or damaged.
Result<NativeForest> ReadForest(std::string_view model_ubj);

}  // namespace reeve::learners
