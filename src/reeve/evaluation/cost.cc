#include "reeve/evaluation/cost.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/evaluation/threshold.h"

namespace reeve::evaluation {
namespace {

double CostOfRow(const CostMatrix& costs, std::int32_t label, double probability,
                 double threshold) {
  const bool positive = probability >= threshold;
  return costs.at(label, positive ? 1 : 0);
}

double MeanCost(const CostMatrix& costs, double threshold, std::span<const std::int32_t> labels,
                std::span<const double> probabilities) {
  double sum = 0;
  for (std::size_t row = 0; row < labels.size(); ++row)
    sum += CostOfRow(costs, labels[row], probabilities[row], threshold);
  return labels.empty() ? 0 : sum / static_cast<double>(labels.size());
}

// Whether `candidate` saves more than twice the standard error of its saving over `rival`.
bool SavesSurely(const CostMatrix& costs, double candidate, double rival,
                 std::span<const std::int32_t> labels, std::span<const double> probabilities) {
  double sum = 0, squares = 0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double saving = CostOfRow(costs, labels[row], probabilities[row], rival) -
                          CostOfRow(costs, labels[row], probabilities[row], candidate);
    sum += saving;
    squares += saving * saving;
  }
  const auto rows = static_cast<double>(labels.size());
  const double variance = std::max(0.0, squares / rows - sum / rows * (sum / rows));
  return sum / rows > 2 * std::sqrt(variance / rows);
}

// Mean over rows of what `value_of(truth, decided)` says of each.
template <typename ValueOf>
double MeanOverCells(const ConfusionMatrix& confusion, ValueOf value_of) {
  const double rows = confusion.total();
  double sum = 0;
  for (int t = 0; t < confusion.classes; ++t) {
    for (int d = 0; d < confusion.classes; ++d) sum += confusion.at(t, d) * value_of(t, d);
  }
  return rows > 0 ? sum / rows : 0;
}

Status WrongCosts(std::string_view text, const std::string& found) {
  return Status::InvalidArgument("costs " + Quote(text, 80) + ": found " + found +
                                 ", expected what a false positive and a false negative cost, such "
                                 "as fp=1,fn=5");
}

}  // namespace

CostMatrix CostsOfTwo(double false_positive, double false_negative) {
  return {.classes = 2, .values = {0, false_positive, false_negative, 0}};
}

double BayesThreshold(const CostMatrix& costs) {
  return costs.at(0, 1) / (costs.at(0, 1) + costs.at(1, 0));
}

std::optional<double> ParseCost(std::string_view text) {
  const auto cost = ParseNumber(Trim(text));
  return cost && *cost >= 0 && *cost <= CostMatrix::kMost ? cost : std::nullopt;
}

Result<CostMatrix> ParseCostsOfTwo(std::string_view text) {
  std::optional<double> false_positive, false_negative;
  for (const std::string& part : Split(std::string(text), ',')) {
    const std::size_t equals = part.find('=');
    const std::string_view name = Trim(std::string_view(part).substr(0, equals));
    if (equals == std::string::npos || (name != "fp" && name != "fn"))
      return WrongCosts(text, Quote(part, 40));
    const auto value = ParseCost(std::string_view(part).substr(equals + 1));
    if (!value) return WrongCosts(text, Quote(part, 40));
    std::optional<double>& cost = name == "fp" ? false_positive : false_negative;
    if (cost) return WrongCosts(text, std::string(name) + " twice");
    cost = *value;
  }
  if (!false_positive || !false_negative)
    return WrongCosts(text, std::string("no ") + (false_positive ? "fn" : "fp"));
  CostMatrix costs = CostsOfTwo(*false_positive, *false_negative);
  if (!costs.IsValid()) return WrongCosts(text, "no costs to weigh");
  return costs;
}

double CostPerRow(const ConfusionMatrix& confusion, const CostMatrix& costs) {
  return MeanOverCells(confusion, [&](int t, int d) { return costs.at(t, d); });
}

Interval CostInterval(const ConfusionMatrix& confusion, const CostMatrix& costs, double level) {
  const double rows = confusion.total();
  if (rows <= 0) return {};
  const double mean = CostPerRow(confusion, costs);
  const double squares =
      MeanOverCells(confusion, [&](int t, int d) { return costs.at(t, d) * costs.at(t, d); });
  const double half =
      NormalQuantile((1 + level) / 2) * std::sqrt(std::max(0.0, squares - mean * mean) / rows);
  return {std::max(0.0, mean - half), mean + half};
}

CostThreshold ChooseCostThreshold(const CostMatrix& costs, std::span<const std::int32_t> labels,
                                  std::span<const double> probabilities) {
  const CostThreshold bayes{.threshold = BayesThreshold(costs), .rule = CostRule::kBayes};
  const Result<ThresholdChoice> cheapest =
      CheapestThreshold(costs.at(0, 1), costs.at(1, 0), labels, probabilities, {});
  if (!cheapest.ok()) return bayes;
  const double never = MeanCost(costs, 1, labels, probabilities);
  const bool never_is_cheaper = never * static_cast<double>(labels.size()) < cheapest->value;
  const double threshold = never_is_cheaper ? 1 : std::clamp(cheapest->threshold, 0.0, 1.0);
  if (!SavesSurely(costs, threshold, bayes.threshold, labels, probabilities)) return bayes;
  return {.threshold = threshold, .rule = CostRule::kEmpirical};
}

std::size_t CostSummary::CheapestConstant() const {
  return static_cast<std::size_t>(std::ranges::min_element(always) - always.begin());
}

CostSummary SummarizeCosts(const CostMatrix& costs, const DecisionRule& rule,
                           std::span<const std::int32_t> labels,
                           const Probabilities& probabilities) {
  const ConfusionMatrix confusion = CountConfusion(labels, probabilities, rule, {});
  CostSummary summary{.rows = static_cast<std::int64_t>(labels.size())};
  summary.chosen = CostPerRow(confusion, costs);
  summary.plain = CostPerRow(CountConfusion(labels, probabilities, DecisionRule(), {}), costs);
  for (int decided = 0; decided < costs.classes; ++decided)
    summary.always.push_back(
        MeanOverCells(confusion, [&](int t, int) { return costs.at(t, decided); }));
  return summary;
}

}  // namespace reeve::evaluation
