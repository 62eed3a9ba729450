#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tuning/candidate.h"
#include "reeve/tuning/cross_validation.h"

namespace reeve::tuning {

/// A configuration judged on rows that its models never saw.
struct Assessment {
  const Candidate* candidate = nullptr;
  std::size_t path_idx = 0;
  /// Rounds of boosting that all its models keep; 0 for learners without rounds.
  std::int64_t rounds = 0;
  /// Folds it was trained on, in order.
  std::vector<std::size_t> folds;
  /// What it predicts for the test part of each of them; where there are folds of several splits,
  /// for the folds of the first one, the mean over splits.
  std::vector<Probabilities> predictions;
  /// The model of each fold, cut to `rounds`; the one model of a candidate judged out of bag.
  std::vector<std::unique_ptr<inference::Model>> models;
  /// Of each model's matrix columns.
  std::vector<std::vector<double>> importance;
  /// Parameters as a person would type them again: with the rounds that were chosen.
  learners::Params params;
  /// Loss on the learnt and on the held-out rows after each round, averaged over folds.
  std::vector<learners::HistoryPoint> history;
  /// Of each fold: loss on its held-out rows after each round, up to `rounds`. Empty without
  /// rounds.
  std::vector<std::vector<double>> fold_curves;
  bool out_of_bag = false;
  double seconds = 0;
};

/// The number of rounds after which the mean of the curves is smallest; later rounds than the
/// shortest curve has are not looked at. One number for all folds, chosen on all rows, has far less
/// room to fit the noise of the held-out rows than a number for each fold. 0 for no curves.
std::int64_t CommonRounds(std::span<const std::vector<double>> curves);

/// Judges each element of `candidate`'s path. `folds` are those of one or more splits, each of
/// `folds_of_split` folds. `fits` holds the candidate's fits by fold, of whole splits or of a part
/// of the first; those that judge themselves out of bag stand under FitTask::kOutOfBag.
Result<std::vector<Assessment>> Assess(const CrossValidation& validation,
                                       const std::vector<Fold>& folds, std::size_t folds_of_split,
                                       const Candidate& candidate,
                                       const std::map<std::size_t, FoldFit>& fits);

}  // namespace reeve::tuning
