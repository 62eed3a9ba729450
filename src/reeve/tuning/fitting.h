#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/learners/learner.h"
#include "reeve/tuning/imbalance.h"
#include "reeve/tuning/prepared_rows.h"

namespace reeve::tuning {

/// Which rows of a prepared matrix take part in a fit. Positions, rising. Does not own.
struct FitRows {
  const PreparedRows* prepared = nullptr;
  /// Class of each row of the matrix.
  std::span<const std::int32_t> labels = {};
  int classes = 2;
  /// Learnt from.
  std::span<const std::int64_t> learn = {};
  /// Held out; boosting follows its loss on them and keeps every round. Empty: nothing is watched.
  std::span<const std::int64_t> watch = {};
};

struct FitOptions {
  Imbalance imbalance = Imbalance::kThreshold;
  std::uint64_t seed = 42;
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// One model for each of a path, with what the treatment of imbalance did to the odds.
struct FittedModels {
  std::vector<learners::TrainedModel> models;
  std::vector<double> odds;
};

/// Trains on prepared rows. Rows that are watched are never resampled.
Result<FittedModels> FitModels(const FitRows& rows, const learners::Learner& learner,
                               const std::vector<learners::Params>& path,
                               const FitOptions& options);

}  // namespace reeve::tuning
