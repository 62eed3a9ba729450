#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/evaluation/interval.h"
#include "reeve/evaluation/metric.h"

namespace reeve::evaluation {

struct SliceOptions {
  /// How rows are decided.
  DecisionRule rule = {};
  /// Slices with fewer rows get no score: their intervals would hold everything.
  std::int64_t fewest_rows = 50;
  /// For AUC: rows of each class that a slice has to have.
  std::int64_t fewest_of_class = 10;
};

/// How good predictions are on some of the rows.
struct SliceScore {
  std::int64_t rows = 0;
  double score = 0;
  /// 95 %: DeLong for auc, Wilson for accuracy, normal for log_loss.
  Interval interval;
  /// `score` less the score of all rows.
  double difference = 0;
  /// Two-sided p of that difference, if the slice were like all rows; and after Holm's correction
  /// (1979) for every slice that got a score: the chance that even one adjusted p below 0.05 is
  /// luck is at most 5 %, however the slices overlap.
  double p = 1, adjusted_p = 1;
  /// What the score would be if the probabilities were right. A slice may be hard: where few
  /// columns are left to tell rows apart, or the odds are even, every model scores low, and a good
  /// one says so. `score` worse than `expected` means that the model is worse there than it knows.
  double expected = 0;
  /// Two-sided p of `score` being off `expected`, and after Holm's correction.
  double surprise_p = 1, adjusted_surprise_p = 1;
};

struct SliceScores {
  double overall = 0;
  /// One for each slice; nothing where there are too few rows.
  std::vector<std::optional<SliceScore>> slices;
};

/// The metric that stands for `metric` on slices, where it has to be defined for few rows and to
/// have a variance: auc for scores of ranks (two classes), log_loss for scores of probabilities,
/// accuracy for scores of decisions and for ranks of more classes.
Metric SliceMetric(Metric metric, int classes);

/// Scores slices of the rows, given as row positions; they may overlap. `metric` is one that
/// SliceMetric gives, else kInvalidArgument; kInvalidData where it is undefined for all rows.
///
/// The standard error of a difference is that of the slice alone, which is too large (by
/// 1/sqrt(1-w) for a share w of the rows), never too small: a slice is part of all rows. Accuracy
/// is compared by the variance that all rows have; auc by DeLong's or, when larger, that of Hanley
/// and McNeil (1982), so that a slice without an error is no proof. `expected` follows from the
/// probabilities: the mean of p or -ln p over what may come true, and for auc the share of ordered
/// pairs (a quotient of two means); its error is exact for accuracy and log_loss, and that of the
/// auc else. O(rows of all slices, times log for auc).
Result<SliceScores> ScoreSlices(Metric metric, std::span<const std::int32_t> labels,
                                const Probabilities& probabilities,
                                std::span<const std::vector<std::int64_t>> slices,
                                const SliceOptions& options = {});

/// Holm's step-down correction; the order of `p` is kept.
std::vector<double> HolmAdjusted(const std::vector<double>& p);

}  // namespace reeve::evaluation
