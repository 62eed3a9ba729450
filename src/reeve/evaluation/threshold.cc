#include "reeve/evaluation/threshold.h"

#include <functional>
#include <string>

#include "reeve/base/text.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/ranking.h"

namespace reeve::evaluation {
namespace {

double ScoreOf(Metric metric, const ConfusionMatrix& confusion) {
  switch (metric) {
    case Metric::kAccuracy:
      return Accuracy(confusion);
    case Metric::kBalancedAccuracy:
      return BalancedAccuracy(confusion);
    case Metric::kPrecision:
      return Precision(confusion, 1);
    case Metric::kRecall:
      return Recall(confusion, 1);
    case Metric::kSpecificity:
      return Recall(confusion, 0);
    case Metric::kF1:
      return FBeta(confusion, 1, 1);
    case Metric::kF2:
      return FBeta(confusion, 1, 2);
    case Metric::kKappa:
      return Kappa(confusion);
    default:
      return Mcc(confusion);
  }
}

Result<ThresholdChoice> Best(std::span<const std::int32_t> labels,
                             std::span<const double> probabilities, std::span<const double> weights,
                             const std::function<double(const ConfusionMatrix&)>& value_of) {
  std::vector<bool> positive;
  for (const std::int32_t label : labels) positive.push_back(label == 1);
  const std::vector<RankedPoint> ranked = Rank(positive, probabilities, weights);
  if (ranked.empty() || ranked.back().true_positives <= 0 || ranked.back().false_positives <= 0) {
    return Status::InvalidData(
        "only one class occurs among the rows, expected both to choose a threshold");
  }
  const RankedPoint& all = ranked.back();
  ThresholdChoice best;
  bool first = true;
  ConfusionMatrix confusion{.classes = 2, .counts = std::vector<double>(4)};
  for (const RankedPoint& point : ranked) {
    confusion.counts = {all.false_positives - point.false_positives, point.false_positives,
                        all.true_positives - point.true_positives, point.true_positives};
    const double value = value_of(confusion);
    // Scores fall from point to point, so "not worse" keeps the smallest among equals.
    if (first || value >= best.value) best = {.threshold = point.score, .value = value};
    first = false;
  }
  return best;
}

}  // namespace

Result<ThresholdChoice> BestThreshold(Metric metric, std::span<const std::int32_t> labels,
                                      std::span<const double> probabilities,
                                      std::span<const double> weights) {
  if (!InfoOf(metric).depends_on_threshold || InfoOf(metric).task == Task::kMulticlass ||
      metric == Metric::kCost) {
    return Status::InvalidArgument("metric " + Quote(InfoOf(metric).name) +
                                   " depends on no threshold alone");
  }
  return Best(labels, probabilities, weights,
              [metric](const ConfusionMatrix& confusion) { return ScoreOf(metric, confusion); });
}

Result<ThresholdChoice> CheapestThreshold(double false_positive_cost, double false_negative_cost,
                                          std::span<const std::int32_t> labels,
                                          std::span<const double> probabilities,
                                          std::span<const double> weights) {
  const auto cost = [&](const ConfusionMatrix& confusion) {
    return false_positive_cost * confusion.at(0, 1) + false_negative_cost * confusion.at(1, 0);
  };
  REEVE_ASSIGN_OR_RETURN(ThresholdChoice choice,
                         Best(labels, probabilities, weights,
                              [&](const ConfusionMatrix& confusion) { return -cost(confusion); }));
  choice.value = -choice.value;
  return choice;
}

}  // namespace reeve::evaluation
