#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/interval.h"
#include "reeve/table/decision_rule.h"
#include "reeve/table/probabilities.h"

namespace reeve::evaluation {

/// What the two mistakes between two classes cost: of taking a negative row for a positive one, and
/// of missing a positive row.
CostMatrix CostsOfTwo(double false_positive, double false_negative);

/// The threshold that is cheapest when probabilities are right: C_fp / (C_fp + C_fn) (Elkan 2001).
/// REQUIRES: two classes.
double BayesThreshold(const CostMatrix& costs);

/// A cost as it is typed: a number from 0 to CostMatrix::kMost; nothing for what is none.
std::optional<double> ParseCost(std::string_view text);

/// "fp=1,fn=5", in any order: of two classes. Fails with kInvalidArgument: another name, a cost
/// that is missing or none, both 0.
Result<CostMatrix> ParseCostsOfTwo(std::string_view text);

/// Mean cost of a row. REQUIRES: as many classes.
double CostPerRow(const ConfusionMatrix& confusion, const CostMatrix& costs);

/// The normal interval of CostPerRow, from the variance of a row's cost; not below 0.
Interval CostInterval(const ConfusionMatrix& confusion, const CostMatrix& costs,
                      double level = 0.95);

/// How a threshold for costs was found.
enum class CostRule {
  /// The cheapest of all on the rows it was chosen on.
  kEmpirical,
  /// BayesThreshold.
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
CostThreshold ChooseCostThreshold(const CostMatrix& costs, std::span<const std::int32_t> labels,
                                  std::span<const double> probabilities);

/// Mean cost of a row by ways of deciding, on the same rows.
struct CostSummary {
  std::int64_t rows = 0;
  /// By the rule; and as if costs were not known: at 0.5, or for the most probable class.
  double chosen = 0, plain = 0;
  /// Every row decided for the same class: one cost a class.
  std::vector<double> always;

  /// The class with the smallest of `always`, the first among equals. REQUIRES: there is one.
  std::size_t CheapestConstant() const;
};

/// `rule` decides, `costs` are counted.
CostSummary SummarizeCosts(const CostMatrix& costs, const DecisionRule& rule,
                           std::span<const std::int32_t> labels,
                           const Probabilities& probabilities);

}  // namespace reeve::evaluation
