#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "reeve/base/result.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/interval.h"

namespace reeve::evaluation {

/// What wrong decisions between two classes cost, in any unit; right ones cost nothing.
struct Costs {
  /// Of taking a negative row for a positive one.
  double false_positive = 1;
  /// Of missing a positive row.
  double false_negative = 1;

  /// The threshold that is cheapest when probabilities are right: C_fp / (C_fp + C_fn) (Elkan
  /// 2001).
  double BayesThreshold() const { return false_positive / (false_positive + false_negative); }
};

/// "fp=1,fn=5", in any order. Fails with kInvalidArgument: another name, a cost that is missing,
/// negative or not finite, both 0.
Result<Costs> ParseCosts(std::string_view text);

/// Mean cost of a row. REQUIRES: two classes.
double CostPerRow(const ConfusionMatrix& confusion, const Costs& costs);

/// The normal interval of CostPerRow at 95 %, from the variance of a row's cost; not below 0.
Interval CostInterval(const ConfusionMatrix& confusion, const Costs& costs);

/// How a threshold for costs was found.
enum class CostRule {
  /// The cheapest of all on the rows it was chosen on.
  kEmpirical,
  /// Costs::BayesThreshold.
  kBayes,
};

/// A threshold chosen for its cost.
struct CostThreshold {
  double threshold = 0.5;
  CostRule rule = CostRule::kBayes;
};

/// Chooses between the cheapest threshold on these rows and the Bayes one: the former when it saves
/// more than twice the standard error of the saving, since the cheapest of many on few rows is
/// often cheap by luck. With one class only, or no rows, the Bayes one. `labels` are 0 or 1,
/// `probabilities` calibrated ones of the positive class. A threshold of 1 stands for "never
/// positive" where that is the cheapest. O(n log n).
CostThreshold ChooseCostThreshold(const Costs& costs, std::span<const std::int32_t> labels,
                                  std::span<const double> probabilities);

/// Mean cost of a row by ways of deciding, on the same rows.
struct CostSummary {
  /// At the chosen threshold, and at 0.5.
  double chosen = 0, at_half = 0;
  /// Every row positive; none.
  double always_yes = 0, always_no = 0;
};

CostSummary SummarizeCosts(const Costs& costs, double threshold,
                           std::span<const std::int32_t> labels,
                           std::span<const double> probabilities);

}  // namespace reeve::evaluation
