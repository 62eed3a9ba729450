#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/evaluation/metric.h"
#include "reeve/inference/decision.h"
#include "reeve/tuning/choose_decision.h"
#include "reeve/tuning/fitting.h"
#include "reeve/tuning/portfolio.h"
#include "reeve/tuning/problem.h"

namespace reeve::tuning {

struct SearchOptions {
  /// Learners to try, by name; never empty.
  std::vector<std::string> learners = {};
  Effort effort = Effort::kStandard;
  /// What is optimised.
  evaluation::Metric metric = evaluation::Metric::kAuc;
  int folds = 5;
  Imbalance imbalance = Imbalance::kThreshold;
  /// Of the winner's out-of-fold predictions.
  CalibrationOptions calibration = {};
  /// What errors cost: they choose the threshold, whatever `imbalance` says. Two classes only.
  std::optional<evaluation::Costs> costs = {};
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
  /// Called after each fit with how many are done and how many there will be at most. From any
  /// thread, one at a time.
  std::function<void(std::int64_t done, std::int64_t total)> on_progress = {};
};

/// A configuration that was cross-validated on every fold.
struct Trial {
  std::string learner;
  /// As in the portfolio; for boosting with the number of rounds that early stopping found on
  /// average.
  learners::Params params;
  /// The metric on each fold.
  std::vector<double> fold_scores;
  double mean = 0;
  /// Population standard deviation over folds.
  double standard_deviation = 0;
  /// Time spent on fitting and scoring, all folds together.
  double seconds = 0;
};

/// Predictions for rows by models that never saw them, fold after fold.
struct OutOfFold {
  std::vector<std::int64_t> rows;
  Probabilities probabilities;
};

struct SearchResult {
  /// Best first; ties keep the order of the learners, the simpler first.
  std::vector<Trial> leaderboard;
  /// Configurations tried, those included that were dropped after the first fold.
  std::int64_t trials = 0;
  /// Of the winner, calibrated.
  OutOfFold out_of_fold;
  /// The winner trained again on every row that was searched on.
  learners::TrainedModel model;
  features::FittedPipeline pipeline;
  inference::Decision decision;
  /// How calibration and threshold of `decision` came about.
  ChosenDecision chosen = {};
};

/// Cross-validates a portfolio, picks the best, calibrates it and chooses its threshold on
/// out-of-fold predictions and trains it again on all of `rows`.
///
/// Honest by construction: pipelines are fitted inside each fold; early stopping watches a split of
/// the fold's training part; resampling touches training rows only; a fold's score for a metric
/// that needs a threshold uses one chosen on the other folds. After the first fold the weaker half
/// of each learner's configurations is dropped. Deterministic: the same problem, options and seed
/// give the same result for any number of threads.
Result<SearchResult> Search(const Problem& problem, const std::vector<std::int64_t>& rows,
                            const SearchOptions& options);

/// Trains one given configuration on all of `rows`, without a search: no folds, so no
/// calibration; threshold 0.5, or the Bayes one of the costs.
Result<SearchResult> FitOne(const Problem& problem, const std::vector<std::int64_t>& rows,
                            const std::string& learner, const learners::Params& params,
                            const SearchOptions& options);

/// The metric that chooses the threshold: the search's own when it depends on one, else MCC.
evaluation::Metric ThresholdMetric(evaluation::Metric metric);

}  // namespace reeve::tuning
