#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/features/pipeline.h"
#include "reeve/learners/learner.h"
#include "reeve/tuning/imbalance.h"
#include "reeve/tuning/problem.h"

namespace reeve::tuning {

/// Rows made ready for learners of one input kind: the pipeline was fitted on exactly these rows.
struct PreparedRows {
  features::FittedPipeline pipeline;
  /// All the rows, in order.
  Matrix matrix;
  std::vector<std::int64_t> rows;
  /// Positions in `rows`: those that are learnt from when early stopping watches the others.
  std::vector<std::int64_t> learn, watch;
};

/// Fits the pipeline that `input` asks for on `rows` and transforms them. With a `watch_seed` some
/// rows are set apart for early stopping: stratified, by whole groups or the latest by time, as the
/// folds are. Without one, or with too few rows, `learn` and `watch` stay empty.
Result<PreparedRows> Prepare(const Problem& problem, std::vector<std::int64_t> rows,
                             learners::InputKind input, std::optional<std::uint64_t> watch_seed);

struct FitOptions {
  Imbalance imbalance = Imbalance::kThreshold;
  std::uint64_t seed = 42;
  int threads = 1;
  /// Let learners that can stop early watch PreparedRows::watch; otherwise all rows are learnt
  /// from.
  bool early_stopping = false;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// One model for each of `path`, with what the treatment of imbalance did to the odds.
struct FittedModels {
  std::vector<learners::TrainedModel> models;
  std::vector<double> odds;
};

/// Trains on prepared rows.
Result<FittedModels> FitModels(const Problem& problem, const PreparedRows& prepared,
                               const learners::Learner& learner,
                               const std::vector<learners::Params>& path,
                               const FitOptions& options);

}  // namespace reeve::tuning
