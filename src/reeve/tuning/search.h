#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/evaluation/metric.h"
#include "reeve/features/pipeline.h"
#include "reeve/inference/decision.h"
#include "reeve/tuning/choose_decision.h"
#include "reeve/tuning/imbalance.h"
#include "reeve/tuning/portfolio.h"
#include "reeve/tuning/problem.h"

namespace reeve::tuning {

struct SearchOptions {
  /// Learners to try, by name; never empty.
  std::vector<std::string> learners = {};
  /// They were asked for: none is left out, however dear (PortfolioOptions).
  bool asked_for = false;
  Effort effort = Effort::kStandard;
  /// What is optimised.
  evaluation::Metric metric = evaluation::Metric::kAuc;
  int folds = 5;
  Imbalance imbalance = Imbalance::kThreshold;
  /// Let several configurations answer together where that is better than the best of them by more
  /// than its standard error.
  bool ensemble = true;
  /// Of what was chosen, on its out-of-fold predictions.
  CalibrationOptions calibration = {};
  /// What wrong decisions cost: they decide (two classes: choose the threshold), whatever
  /// `imbalance` says. The metric "cost" needs them.
  std::optional<CostMatrix> costs = {};
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
  /// Called after each fit with how many are done and how many there will be at most. From any
  /// thread, one at a time.
  std::function<void(std::int64_t done, std::int64_t total)> on_progress = {};
};

/// A configuration that was cross-validated, on every fold or on the first only.
struct Trial {
  /// A learner's name, or "ensemble".
  std::string learner;
  /// As in the portfolio; for boosting with the number of rounds that was chosen for all folds; for
  /// an ensemble those of every member, numbered: "1.learner", "1.weight", "1.max_depth" …
  learners::Params params;
  /// The metric on each fold that it was tried on.
  std::vector<double> fold_scores;
  /// Over folds. Of a single one an estimate for all: the difference to the best there, added to
  /// that one's mean, so that lines compare however hard the first fold is.
  double mean = 0;
  /// Population standard deviation over folds; 0 of a single one.
  double standard_deviation = 0;
  /// Time spent on fitting, all folds together.
  double seconds = 0;
  /// Rows of a fold that it learnt from at most; 0: from all.
  std::int64_t most_rows = 0;
};

/// Predictions for rows by models that never saw them, fold after fold.
struct OutOfFold {
  std::vector<std::int64_t> rows;
  /// Fold that each of `rows` was held out in.
  std::vector<std::int32_t> folds;
  Probabilities probabilities;
};

struct SearchResult {
  /// Every configuration but those of a path (logistic, mlp) that were not its best; best first,
  /// ties keep the order of the learners, the simpler first, those that ended with the first fold
  /// last. An ensemble that was taken stands first, with the best single configuration behind it.
  std::vector<Trial> leaderboard;
  /// Configurations tried, those included that ended with the first fold.
  std::int64_t trials = 0;
  /// Of what was chosen, calibrated.
  OutOfFold out_of_fold;
  /// What was chosen, for new rows.
  learners::TrainedModel model;
  /// Log loss on the held-out rows of each fold after each round, whose mean is in `model.history`:
  /// of what was chosen or, of a mixture, of its heaviest member that learns in rounds. Else empty.
  std::vector<std::vector<double>> fold_curves = {};
  features::FittedPipeline pipeline;
  inference::Decision decision;
  /// How calibration and threshold of `decision` came about.
  ChosenDecision chosen = {};
};

/// Cross-validates a portfolio, picks the best configuration, or a mixture of several, calibrates
/// it and chooses its threshold on out-of-fold predictions.
///
/// Honest by construction: what looks at labels is fitted inside each fold; boosting watches the
/// held-out folds for one thing only, a number of rounds that is the same for all folds; resampling
/// touches training rows only; a fold's score for a metric that needs a threshold uses one chosen
/// on the other folds. Configurations that add nothing end with the first fold.
/// Deterministic: the same problem, options and seed give the same result for any number of
/// threads.
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
