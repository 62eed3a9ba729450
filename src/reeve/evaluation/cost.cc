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

double CostOfRow(const Costs& costs, std::int32_t label, double probability, double threshold) {
  const bool positive = probability >= threshold;
  if (positive) return label == 1 ? 0 : costs.false_positive;
  return label == 1 ? costs.false_negative : 0;
}

double MeanCost(const Costs& costs, double threshold, std::span<const std::int32_t> labels,
                std::span<const double> probabilities) {
  double sum = 0;
  for (std::size_t row = 0; row < labels.size(); ++row)
    sum += CostOfRow(costs, labels[row], probabilities[row], threshold);
  return labels.empty() ? 0 : sum / static_cast<double>(labels.size());
}

// Whether `candidate` saves more than twice the standard error of its saving over `rival`.
bool SavesSurely(const Costs& costs, double candidate, double rival,
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

Status WrongCosts(std::string_view text, const std::string& found) {
  return Status::InvalidArgument("costs " + Quote(text, 80) + ": found " + found +
                                 ", expected what a false positive and a false negative cost, such "
                                 "as fp=1,fn=5");
}

}  // namespace

Result<Costs> ParseCosts(std::string_view text) {
  std::optional<double> false_positive, false_negative;
  for (const std::string& part : Split(std::string(text), ',')) {
    const std::size_t equals = part.find('=');
    const std::string_view name = Trim(std::string_view(part).substr(0, equals));
    if (equals == std::string::npos || (name != "fp" && name != "fn"))
      return WrongCosts(text, Quote(part, 40));
    const auto value = ParseNumber(Trim(std::string_view(part).substr(equals + 1)));
    if (!value || !std::isfinite(*value) || *value < 0) return WrongCosts(text, Quote(part, 40));
    std::optional<double>& cost = name == "fp" ? false_positive : false_negative;
    if (cost) return WrongCosts(text, std::string(name) + " twice");
    cost = *value;
  }
  if (!false_positive || !false_negative)
    return WrongCosts(text, std::string("no ") + (false_positive ? "fn" : "fp"));
  const double sum = *false_positive + *false_negative;
  if (!(sum > 0) || !std::isfinite(sum)) return WrongCosts(text, "no costs to weigh");
  return Costs{.false_positive = *false_positive, .false_negative = *false_negative};
}

double CostPerRow(const ConfusionMatrix& confusion, const Costs& costs) {
  const double rows = confusion.total();
  if (rows <= 0) return 0;
  return (costs.false_positive * confusion.at(0, 1) + costs.false_negative * confusion.at(1, 0)) /
         rows;
}

Interval CostInterval(const ConfusionMatrix& confusion, const Costs& costs) {
  const double rows = confusion.total();
  if (rows <= 0) return {};
  const double mean = CostPerRow(confusion, costs);
  const double squares = (costs.false_positive * costs.false_positive * confusion.at(0, 1) +
                          costs.false_negative * costs.false_negative * confusion.at(1, 0)) /
                         rows;
  constexpr double kUpperTail = 0.975;
  const double half =
      NormalQuantile(kUpperTail) * std::sqrt(std::max(0.0, squares - mean * mean) / rows);
  return {std::max(0.0, mean - half), mean + half};
}

CostThreshold ChooseCostThreshold(const Costs& costs, std::span<const std::int32_t> labels,
                                  std::span<const double> probabilities) {
  const CostThreshold bayes{.threshold = costs.BayesThreshold(), .rule = CostRule::kBayes};
  const Result<ThresholdChoice> cheapest =
      CheapestThreshold(costs.false_positive, costs.false_negative, labels, probabilities, {});
  if (!cheapest.ok()) return bayes;
  const double never = MeanCost(costs, 1, labels, probabilities);
  const bool never_is_cheaper = never * static_cast<double>(labels.size()) < cheapest->value;
  const double threshold = never_is_cheaper ? 1 : std::clamp(cheapest->threshold, 0.0, 1.0);
  if (!SavesSurely(costs, threshold, bayes.threshold, labels, probabilities)) return bayes;
  return {.threshold = threshold, .rule = CostRule::kEmpirical};
}

CostSummary SummarizeCosts(const Costs& costs, double threshold,
                           std::span<const std::int32_t> labels,
                           std::span<const double> probabilities) {
  CostSummary summary;
  summary.chosen = MeanCost(costs, threshold, labels, probabilities);
  summary.at_half = MeanCost(costs, 0.5, labels, probabilities);
  const auto positives = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
  const auto rows = static_cast<double>(labels.size());
  if (rows == 0) return summary;
  summary.always_yes = costs.false_positive * (rows - positives) / rows;
  summary.always_no = costs.false_negative * positives / rows;
  return summary;
}

}  // namespace reeve::evaluation
