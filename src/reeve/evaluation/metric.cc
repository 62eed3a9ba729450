#include "reeve/evaluation/metric.h"

#include <algorithm>
#include <array>
#include <optional>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/cost.h"
#include "reeve/evaluation/probability_scores.h"
#include "reeve/evaluation/ranking.h"
#include "reeve/evaluation/reliability.h"

namespace reeve::evaluation {
namespace {

constexpr std::array<MetricInfo, 25> kMetrics = {{
    {Metric::kAccuracy, "accuracy", true, true, Task::kBoth, "share of rows decided right"},
    {Metric::kBalancedAccuracy, "balanced_accuracy", true, true, Task::kBoth,
     "mean recall over classes"},
    {Metric::kPrecision, "precision", true, true, Task::kBoth,
     "share of predicted positives that are right"},
    {Metric::kRecall, "recall", true, true, Task::kBoth, "share of positives that are found"},
    {Metric::kSpecificity, "specificity", true, true, Task::kBinary,
     "share of negatives that are left alone"},
    {Metric::kF1, "f1", true, true, Task::kBoth, "harmonic mean of precision and recall"},
    {Metric::kF2, "f2", true, true, Task::kBinary, "F-score that weighs recall twice as much"},
    {Metric::kMcc, "mcc", true, true, Task::kBoth, "Matthews' correlation of decision and truth"},
    {Metric::kKappa, "kappa", true, true, Task::kBoth, "Cohen's agreement beyond chance"},
    {Metric::kAuc, "auc", true, false, Task::kBoth,
     "chance that a positive ranks above a negative"},
    {Metric::kAveragePrecision, "average_precision", true, false, Task::kBoth,
     "area under precision over recall"},
    {Metric::kLogLoss, "log_loss", false, false, Task::kBoth,
     "mean -ln probability of the true class"},
    {Metric::kBrier, "brier", false, false, Task::kBoth, "mean squared error of probabilities"},
    {Metric::kEce, "ece", false, false, Task::kBoth,
     "expected calibration error over 10 bins of equal frequency"},
    {Metric::kKs, "ks", true, false, Task::kBinary,
     "largest gap between the classes' score distributions"},
    {Metric::kGini, "gini", true, false, Task::kBinary, "2 auc - 1"},
    {Metric::kPrecisionMacro, "precision_macro", true, true, Task::kMulticlass,
     "mean precision over classes"},
    {Metric::kRecallMacro, "recall_macro", true, true, Task::kMulticlass,
     "mean recall over classes"},
    {Metric::kF1Macro, "f1_macro", true, true, Task::kMulticlass, "mean F1 over classes"},
    {Metric::kPrecisionWeighted, "precision_weighted", true, true, Task::kMulticlass,
     "precision, classes by size"},
    {Metric::kRecallWeighted, "recall_weighted", true, true, Task::kMulticlass,
     "recall, classes by size"},
    {Metric::kF1Weighted, "f1_weighted", true, true, Task::kMulticlass, "F1, classes by size"},
    {Metric::kAucWeighted, "auc_weighted", true, false, Task::kMulticlass,
     "one-vs-rest AUC, classes by size"},
    {Metric::kTop2Accuracy, "top2_accuracy", true, false, Task::kMulticlass,
     "true class among the two most probable"},
    {Metric::kCost, "cost", false, true, Task::kBoth, "mean cost of a row's decision"},
}};

using Labels = std::span<const std::int32_t>;
using Weights = std::span<const double>;

std::vector<double> ColumnOf(const Probabilities& probabilities, int class_idx) {
  std::vector<double> scores;
  scores.reserve(static_cast<std::size_t>(probabilities.rows));
  for (std::int64_t row = 0; row < probabilities.rows; ++row)
    scores.push_back(probabilities.at(row, class_idx));
  return scores;
}

// What is scored: predictions with their truth, and the orders of their rows where they are known.
struct Scored {
  Labels labels;
  const Probabilities& probabilities;
  Weights weights;
  const ClassOrders* orders = nullptr;
};

std::vector<RankedPoint> RankClass(const Scored& scored, int class_idx) {
  std::vector<bool> positive;
  positive.reserve(scored.labels.size());
  for (const std::int32_t label : scored.labels) positive.push_back(label == class_idx);
  const std::vector<double> scores = ColumnOf(scored.probabilities, class_idx);
  if (scored.orders == nullptr) return Rank(positive, scores, scored.weights);
  return RankInOrder(scored.orders->of_class(class_idx), positive, scores, scored.weights);
}

std::vector<double> ClassWeights(Labels labels, int classes, Weights weights) {
  std::vector<double> sizes(static_cast<std::size_t>(classes));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    sizes[static_cast<std::size_t>(labels[row])] += weights.empty() ? 1.0 : weights[row];
  }
  return sizes;
}

// How scores of several classes become one.
enum class Mean { kPlain, kBySize };

// A ranking score: of the positive class, or the mean over all classes.
template <typename RankingScore>
Result<double> OverClasses(const Scored& scored, Mean mean, RankingScore score) {
  const int classes = scored.probabilities.classes;
  if (classes == 2) return score(RankClass(scored, 1));
  const std::vector<double> sizes = ClassWeights(scored.labels, classes, scored.weights);
  double sum = 0, total = 0;
  for (int c = 0; c < classes; ++c) {
    const double size = sizes[static_cast<std::size_t>(c)];
    if (size == 0) continue;  // a class that does not occur cannot be ranked
    REEVE_ASSIGN_OR_RETURN(const double value, score(RankClass(scored, c)));
    const double weight = mean == Mean::kBySize ? size : 1;
    sum += value * weight;
    total += weight;
  }
  if (total == 0) return Status::InvalidData("there is no row to score");
  return sum / total;
}

template <typename PerClass>
double AverageOverClasses(const ConfusionMatrix& confusion, Mean mean, PerClass per_class) {
  double sum = 0, total = 0;
  for (int c = 0; c < confusion.classes; ++c) {
    // As scikit-learn with labels given by what occurs: a class neither true nor predicted takes no
    // part.
    if (confusion.actual(c) == 0 && confusion.predicted(c) == 0) continue;
    const double weight = mean == Mean::kBySize ? confusion.actual(c) : 1;
    sum += weight * per_class(c);
    total += weight;
  }
  return total == 0 ? 0 : sum / total;
}

// Scores of decisions, from counts alone.
double FromConfusion(Metric metric, const ConfusionMatrix& confusion) {
  const bool binary = confusion.classes == 2;
  const auto precision = [&](int c) { return Precision(confusion, c); };
  const auto recall = [&](int c) { return Recall(confusion, c); };
  const auto f1 = [&](int c) { return FBeta(confusion, c, 1); };
  switch (metric) {
    case Metric::kAccuracy:
      return Accuracy(confusion);
    case Metric::kBalancedAccuracy:
      return BalancedAccuracy(confusion);
    case Metric::kPrecision:
      return binary ? precision(1) : AverageOverClasses(confusion, Mean::kPlain, precision);
    case Metric::kRecall:
      return binary ? recall(1) : AverageOverClasses(confusion, Mean::kPlain, recall);
    case Metric::kF1:
      return binary ? f1(1) : AverageOverClasses(confusion, Mean::kPlain, f1);
    case Metric::kSpecificity:
      return recall(0);
    case Metric::kF2:
      return FBeta(confusion, 1, 2);
    case Metric::kMcc:
      return Mcc(confusion);
    case Metric::kKappa:
      return Kappa(confusion);
    case Metric::kPrecisionMacro:
      return AverageOverClasses(confusion, Mean::kPlain, precision);
    case Metric::kRecallMacro:
      return AverageOverClasses(confusion, Mean::kPlain, recall);
    case Metric::kF1Macro:
      return AverageOverClasses(confusion, Mean::kPlain, f1);
    case Metric::kPrecisionWeighted:
      return AverageOverClasses(confusion, Mean::kBySize, precision);
    case Metric::kRecallWeighted:
      return AverageOverClasses(confusion, Mean::kBySize, recall);
    case Metric::kF1Weighted:
      return AverageOverClasses(confusion, Mean::kBySize, f1);
    default:
      return 0;
  }
}

double Top2Accuracy(Labels labels, const Probabilities& probabilities, Weights weights) {
  std::vector<double> hits;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto p = probabilities.row(static_cast<std::int64_t>(row));
    const double truth = p[static_cast<std::size_t>(labels[row])];
    int better = 0;
    for (std::size_t k = 0; k < p.size(); ++k) {
      // Ties go to the later class, as scikit-learn's stable sort from the end does.
      better += p[k] > truth || (p[k] == truth && k > static_cast<std::size_t>(labels[row]));
    }
    hits.push_back(better < 2);
  }
  return WeightedMean(hits, weights);
}

Result<double> FromProbabilities(Metric metric, const Scored& scored) {
  const auto& [labels, probabilities, weights, orders] = scored;
  switch (metric) {
    case Metric::kAuc:
    case Metric::kAucWeighted:
      return OverClasses(scored, metric == Metric::kAucWeighted ? Mean::kBySize : Mean::kPlain,
                         Auc);
    case Metric::kAveragePrecision:
      return OverClasses(scored, Mean::kPlain, AveragePrecision);
    case Metric::kKs:
      return OverClasses(scored, Mean::kPlain, KolmogorovSmirnov);
    case Metric::kGini: {
      REEVE_ASSIGN_OR_RETURN(const double auc, OverClasses(scored, Mean::kPlain, Auc));
      return 2 * auc - 1;
    }
    case Metric::kLogLoss:
      return WeightedMean(LogLosses(labels, probabilities), weights);
    case Metric::kBrier:
      return WeightedMean(BrierLosses(labels, probabilities), weights);
    case Metric::kEce:
      return ExpectedCalibrationError(labels, probabilities, kReliabilityBins, weights);
    default:
      return Top2Accuracy(labels, probabilities, weights);
  }
}

}  // namespace

std::span<const MetricInfo> AllMetrics() { return kMetrics; }

const MetricInfo& InfoOf(Metric metric) { return kMetrics[static_cast<std::size_t>(metric)]; }

Result<Metric> ParseMetric(std::string_view name) {
  std::vector<std::string> names;
  for (const MetricInfo& info : kMetrics) {
    if (info.name == name) return info.metric;
    names.emplace_back(info.name);
  }
  return Status::InvalidArgument("unknown metric " + Quote(name) + "." + Suggest(name, names));
}

ClassOrders::ClassOrders(const Probabilities& probabilities) {
  for (int c = 0; c < probabilities.classes; ++c) {
    const bool looked_at = probabilities.classes > 2 || c == 1;
    orders_.push_back(looked_at ? OrderByScore(ColumnOf(probabilities, c))
                                : std::vector<std::uint32_t>());
  }
}

Result<double> Score(Metric metric, Labels labels, const Probabilities& probabilities,
                     const DecisionRule& rule, Weights weights, const ClassOrders* orders) {
  const MetricInfo& info = InfoOf(metric);
  const bool binary = probabilities.classes == 2;
  if (info.task == (binary ? Task::kMulticlass : Task::kBinary)) {
    return Status::InvalidArgument("metric " + Quote(info.name) + " is for " +
                                   (binary ? "more than two classes" : "two classes") +
                                   ", there are " + std::to_string(probabilities.classes));
  }
  if (labels.empty()) return Status::InvalidData("there is no row to score");
  if (info.depends_on_threshold) {
    const ConfusionMatrix confusion = CountConfusion(labels, probabilities, rule, weights);
    if (metric != Metric::kCost) return FromConfusion(metric, confusion);
    if (rule.costs) return CostPerRow(confusion, *rule.costs);
    return Status::InvalidArgument(
        "metric \"cost\" needs to know what wrong decisions cost, nothing is known of that");
  }
  return FromProbabilities(metric, {labels, probabilities, weights, orders});
}

}  // namespace reeve::evaluation
