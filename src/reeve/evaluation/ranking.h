#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::evaluation {

/// Rows with one distinct score, best first, as cumulative weights: the one sort that ranking
/// scores, curves and thresholds share.
struct RankedPoint {
  double score = 0;
  /// Weight of positive and negative rows with at least this score.
  double true_positives = 0, false_positives = 0;
};

/// Rows by falling score, equal scores by their number. O(n log n).
std::vector<std::uint32_t> OrderByScore(std::span<const double> scores);

/// `order` is that of the scores: sorted once, ranked with many sets of weights. O(n).
std::vector<RankedPoint> RankInOrder(std::span<const std::uint32_t> order,
                                     const std::vector<bool>& positive,
                                     std::span<const double> scores,
                                     std::span<const double> weights);

/// `positive[i]` tells whether row i is of the class that `scores` are for. O(n log n).
std::vector<RankedPoint> Rank(const std::vector<bool>& positive, std::span<const double> scores,
                              std::span<const double> weights);

/// Area under the ROC curve; ties count half, pairs weigh w_i w_j. kInvalidData unless both kinds
/// occur.
Result<double> Auc(const std::vector<RankedPoint>& ranked);
/// Sum of (R_k - R_{k-1}) P_k, without interpolation. kInvalidData without positives.
Result<double> AveragePrecision(const std::vector<RankedPoint>& ranked);
/// Kolmogorov-Smirnov: the largest TPR - FPR.
Result<double> KolmogorovSmirnov(const std::vector<RankedPoint>& ranked);

}  // namespace reeve::evaluation
