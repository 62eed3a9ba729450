#pragma once

#include <vector>

#include "reeve/base/result.h"
#include "reeve/features/pipeline.h"
#include "reeve/tuning/assessment.h"
#include "reeve/tuning/cross_validation.h"
#include "reeve/tuning/prepared_rows.h"

namespace reeve::tuning {

/// A configuration that the final model is made of, and its share.
struct ChosenMember {
  const Assessment* assessment = nullptr;
  double weight = 1;
};

/// "1.learner", "1.weight", "1.max_depth" …: the parameters of all members as one flat list.
learners::Params MixtureParams(const std::vector<ChosenMember>& members);

struct FinalModelOptions {
  /// Boosters and perceptrons become the mean of their folds' models, which is better than one
  /// model of all rows (measured: docs/performance.md) and costs no further training. False: one
  /// model is trained on all rows with the rounds that were found; the only way where folds see
  /// parts of very different size (time order).
  bool average_folds = true;
  std::uint64_t seed = 42;
};

struct FinalModel {
  features::FittedPipeline pipeline;
  learners::TrainedModel trained;
};

/// Makes one pipeline and one model of what was chosen; takes the pipelines out of `preparation`,
/// which is not to be used afterwards. Members that share a matrix share its columns.
Result<FinalModel> MakeFinalModel(const CrossValidation& validation, Preparation& preparation,
                                  const std::vector<ChosenMember>& chosen,
                                  const FinalModelOptions& options);

}  // namespace reeve::tuning
