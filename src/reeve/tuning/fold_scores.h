#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/evaluation/metric.h"
#include "reeve/table/probabilities.h"
#include "reeve/tuning/folds.h"

namespace reeve::tuning {

/// What held-out predictions are judged by.
struct FoldScoreOptions {
  /// Class of each position.
  std::span<const std::int32_t> labels = {};
  int classes = 2;
  evaluation::Metric metric = evaluation::Metric::kAuc;
  /// False: decisions at 0.5. True: for metrics of decisions, at a threshold that is best on the
  /// other folds, so that the fold that is scored has no say in it.
  bool chooses_threshold = true;
  /// What wrong decisions cost, or null: more than two classes are decided by it, and the metric
  /// "cost" counts it. Does not own.
  const CostMatrix* costs = nullptr;
};

/// Held-out predictions of several folds: predictions[i] belongs to the test part of folds[i].
struct HeldOut {
  const std::vector<Fold>* all_folds = nullptr;
  std::span<const std::size_t> folds = {};
  std::span<const Probabilities> predictions = {};

  const std::vector<std::int64_t>& test(std::size_t i) const { return (*all_folds)[folds[i]].test; }
};

/// The metric on each fold; folds without one (a single class only) are left out.
std::vector<double> FoldScores(const HeldOut& held_out, const FoldScoreOptions& options);

/// Held-out predictions one fold after the other, with their positions.
struct Pooled {
  std::vector<std::int64_t> positions;
  std::vector<std::int32_t> folds;
  std::vector<std::int32_t> labels;
  Probabilities probabilities;
};
Pooled Pool(const HeldOut& held_out, std::span<const std::int32_t> labels,
            std::optional<std::size_t> left_out = std::nullopt);

/// The best threshold for a metric of decisions on pooled predictions of two classes; 0.5 (for
/// costs the Bayes threshold) where none can be told (one class only). REQUIRES: costs, for the
/// metric "cost".
double ChooseThreshold(const Pooled& pooled, const FoldScoreOptions& options);

/// The score turned so that smaller is better.
double AsLoss(evaluation::Metric metric, double score);

}  // namespace reeve::tuning
