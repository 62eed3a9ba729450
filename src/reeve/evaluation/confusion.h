#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/table/decision_rule.h"
#include "reeve/table/probabilities.h"

namespace reeve::evaluation {

/// Weighted counts of (true class, predicted class).
struct ConfusionMatrix {
  int classes = 2;
  /// Row-major: counts[true * classes + predicted].
  std::vector<double> counts;

  double at(int truth, int predicted) const {
    return counts[static_cast<std::size_t>(truth * classes + predicted)];
  }
  double total() const;
  /// Rows of a true class; rows predicted as a class.
  double actual(int class_idx) const;
  double predicted(int class_idx) const;
};

/// Counts decisions.
ConfusionMatrix CountConfusion(std::span<const std::int32_t> labels,
                               const Probabilities& probabilities, const DecisionRule& rule,
                               std::span<const double> weights);

/// Scores that follow from counts alone, as scikit-learn defines them; a quotient 0/0 is 0.
double Accuracy(const ConfusionMatrix& confusion);
/// Mean recall over the classes that occur.
double BalancedAccuracy(const ConfusionMatrix& confusion);
double Precision(const ConfusionMatrix& confusion, int class_idx);
double Recall(const ConfusionMatrix& confusion, int class_idx);
/// (1 + b²) P R / (b² P + R).
double FBeta(const ConfusionMatrix& confusion, int class_idx, double beta);
/// Matthews' correlation (Gorodkin's R_K for more than two classes).
double Mcc(const ConfusionMatrix& confusion);
/// Cohen's kappa.
double Kappa(const ConfusionMatrix& confusion);

}  // namespace reeve::evaluation
