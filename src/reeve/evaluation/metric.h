#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/table/decision_rule.h"
#include "reeve/table/probabilities.h"

namespace reeve::evaluation {

/// Scores of a classifier. The plain names precision, recall, f1, auc and average_precision mean
/// the macro average (one-vs-rest for auc) when there are more than two classes.
enum class Metric {
  kAccuracy,
  kBalancedAccuracy,
  kPrecision,
  kRecall,
  kSpecificity,
  kF1,
  kF2,
  kMcc,
  kKappa,
  kAuc,
  kAveragePrecision,
  kLogLoss,
  kBrier,
  kEce,
  kKs,
  kGini,
  kPrecisionMacro,
  kRecallMacro,
  kF1Macro,
  kPrecisionWeighted,
  kRecallWeighted,
  kF1Weighted,
  kAucWeighted,
  kTop2Accuracy,
  kCost,
};

/// Which tasks a metric is defined for.
enum class Task { kBinary, kMulticlass, kBoth };

/// What there is to know about a metric; generates help, the reference page and validation.
struct MetricInfo {
  Metric metric;
  std::string_view name;
  bool higher_is_better;
  /// True for scores of decisions, false for scores of probabilities or ranks.
  bool depends_on_threshold;
  Task task;
  std::string_view description;
};

/// All metrics in the order in which scores are shown.
std::span<const MetricInfo> AllMetrics();
const MetricInfo& InfoOf(Metric metric);

/// The metric called `name`. Fails with kInvalidArgument naming the nearest.
Result<Metric> ParseMetric(std::string_view name);

/// The rows of predictions by the probability of each class: for scoring the same predictions with
/// many sets of weights, which sorts them once.
class ClassOrders {
 public:
  explicit ClassOrders(const Probabilities& probabilities);
  /// Of two classes only the positive one has an order.
  std::span<const std::uint32_t> of_class(int class_idx) const {
    return orders_[static_cast<std::size_t>(class_idx)];
  }

 private:
  std::vector<std::vector<std::uint32_t>> orders_;
};

/// The score of predictions, equal to scikit-learn's to 1e-9.
///
/// `labels` holds a class index per row (two classes: 1 is the positive one), `weights` one
/// positive number per row or nothing. Decisions follow `rule`, whose costs the metric "cost"
/// counts. Fails with kInvalidData where the score is undefined (AUC with one class only, no rows)
/// and with kInvalidArgument when the metric is not one for this number of classes, or needs costs
/// that the rule does not know. `orders`, where given, is of the same probabilities; it changes how
/// long ranking takes, nothing else.
Result<double> Score(Metric metric, std::span<const std::int32_t> labels,
                     const Probabilities& probabilities, const DecisionRule& rule,
                     std::span<const double> weights, const ClassOrders* orders = nullptr);

}  // namespace reeve::evaluation
