#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/learners/learner.h"
#include "reeve/tuning/imbalance.h"
#include "reeve/tuning/problem.h"

namespace reeve::tuning {

/// A learner with its parameters, to be trained with every treatment.
struct ComparedConfiguration {
  std::string learner;
  learners::Params params;
};

struct CompareImbalanceOptions {
  /// As the search's, with the same seed: the same folds.
  int folds = 5;
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// One configuration under one treatment. Scores are of all out-of-fold predictions together, after
/// the correction of odds; nothing where undefined.
struct TreatmentScores {
  std::string learner;
  /// Name of the treatment. "threshold" trains as "none" does, so both are one line, "none".
  std::string imbalance;
  std::optional<double> auc, average_precision, brier, log_loss;
  /// F1 at 0.5, and at thresholds that maximise it, each fold's chosen on the other folds. The
  /// latter for two classes only.
  std::optional<double> f1_at_half, f1_tuned;
  /// The mean F1 threshold over folds.
  std::optional<double> threshold;
};

/// Trains every configuration with every treatment on the same folds, so that what a treatment is
/// worth on this table can be seen rather than believed. Chooses nothing.
Result<std::vector<TreatmentScores>> CompareImbalance(
    const Problem& problem, const std::vector<std::int64_t>& rows,
    const std::vector<ComparedConfiguration>& configurations,
    const CompareImbalanceOptions& options);

}  // namespace reeve::tuning
