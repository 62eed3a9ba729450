#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/learners/learner.h"
#include "reeve/tuning/candidate.h"
#include "reeve/tuning/fitting.h"
#include "reeve/tuning/folds.h"
#include "reeve/tuning/prepared_rows.h"

namespace reeve::tuning {

/// What one candidate came to on one fold, or on all rows when it judges itself out of bag: a model
/// with every round it trained for each element of its path.
struct FoldFit {
  std::vector<learners::TrainedModel> models;
  std::vector<double> odds;
  double seconds = 0;
};

/// A candidate and the fold it is to be trained on.
struct FitTask {
  /// Fold of a candidate that is trained once, on all rows, and judged by its out-of-bag
  /// predictions.
  static constexpr std::size_t kOutOfBag = static_cast<std::size_t>(-1);

  const Candidate* candidate = nullptr;
  std::size_t fold_idx = 0;
  /// Of its random numbers.
  std::uint64_t seed = 42;
  /// Learn from this many rows of the fold at most, drawn at random; 0: from all.
  std::int64_t most_rows = 0;
};

struct CrossValidationOptions {
  Imbalance imbalance = Imbalance::kThreshold;
  /// Never changes the result.
  int threads = 1;
  /// Boosting watches the fold's test part and keeps every round; false: it trains the rounds it is
  /// told.
  bool watches = true;
  const Cancellation* cancellation = &Cancellation::Never();
  /// Called after each fit; calls do not overlap.
  std::function<void()> on_fit = {};
};

/// Trains candidates on folds. Does not own what it is given; keeps no results.
class CrossValidation {
 public:
  CrossValidation(Preparation& preparation, std::span<const std::int32_t> labels, int classes,
                  const std::vector<Fold>& folds, CrossValidationOptions options);

  /// One fit for each task, in their order. Tasks run in parallel. Boosting watches the fold's test
  /// part, so that the caller can choose one number of rounds for all folds.
  Result<std::vector<FoldFit>> Run(const std::vector<FitTask>& tasks) const;

  /// A candidate's single configuration on all rows, nothing watched.
  Result<FoldFit> TrainOnAll(const Candidate& candidate, std::uint64_t seed) const;

  /// Probabilities of a fold's test part, corrected for the treatment of imbalance.
  Result<Probabilities> PredictTest(learners::InputKind input, std::size_t fold_idx,
                                    const inference::Model& model,
                                    const std::vector<double>& odds) const;

 private:
  Result<FoldFit> RunTask(const FitTask& task, int threads) const;
  Result<FoldFit> Fit(const Candidate& candidate, const FitRows& rows, std::uint64_t seed,
                      int threads) const;

  Preparation& preparation_;
  std::span<const std::int32_t> labels_;
  int classes_;
  const std::vector<Fold>& folds_;
  CrossValidationOptions options_;
  std::vector<std::int64_t> all_;
};

}  // namespace reeve::tuning
