#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/learners/learner.h"
#include "reeve/tuning/fitting.h"
#include "reeve/tuning/folds.h"
#include "reeve/tuning/portfolio.h"
#include "reeve/tuning/problem.h"

namespace reeve::tuning {

/// What one configuration did on one fold.
struct FoldOutcome {
  /// Of the fold's test rows, corrected for the treatment of imbalance.
  Probabilities probabilities;
  /// Parameters as trained, e.g. with the rounds that early stopping kept.
  learners::Params params;
  double seconds = 0;
};

struct CrossValidationOptions {
  Imbalance imbalance = Imbalance::kThreshold;
  std::uint64_t seed = 42;
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
  /// Called after each fit; calls do not overlap.
  std::function<void()> on_fit = {};
};

/// Runs groups of configurations on folds. Holds no results: the caller decides what to run next.
class CrossValidation {
 public:
  /// `folds` index the problem's table. Groups are referred to by their position.
  static Result<CrossValidation> Make(const Problem& problem, std::vector<Fold> folds,
                                      std::vector<CandidateGroup> groups,
                                      CrossValidationOptions options);

  const std::vector<Fold>& folds() const { return folds_; }
  const std::vector<CandidateGroup>& groups() const { return groups_; }

  /// Outcomes of `active` groups on the folds [begin, end): result[group][fold - begin][path
  /// element], empty for groups that are not active. Tasks run in parallel; rows of a fold are
  /// prepared once for each kind of input and shared.
  Result<std::vector<std::vector<std::vector<FoldOutcome>>>> Run(
      const std::vector<std::size_t>& active, std::size_t begin, std::size_t end) const;

 private:
  CrossValidation() = default;

  struct PreparedFold;
  Result<PreparedFold> PrepareFold(std::size_t fold_idx, learners::InputKind input) const;
  Result<std::vector<FoldOutcome>> RunGroup(std::size_t group_idx, std::size_t fold_idx,
                                            const PreparedFold& prepared, int threads) const;

  Problem problem_;
  std::vector<Fold> folds_;
  std::vector<CandidateGroup> groups_;
  std::vector<std::unique_ptr<learners::Learner>> learners_;  // one for each group
  CrossValidationOptions options_;
};

}  // namespace reeve::tuning
