#include "reeve/honesty/fold_spread.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "reeve/base/text.h"
#include "reeve/evaluation/interval.h"

namespace reeve::honesty {
namespace {

constexpr double kProbability = 0.001, kDeviation = 0.02;

// The quantile of chi-square that its upper tail `probability` lies beyond (Wilson and Hilferty
// 1931; within 1 % for the few degrees of freedom that folds have).
double ChiSquareLimit(double degrees, double probability) {
  const double a = 2 / (9 * degrees);
  const double root = 1 - a + evaluation::NormalQuantile(1 - probability) * std::sqrt(a);
  return degrees * root * root * root;
}

double WeightedMean(const std::vector<MeasuredScore>& scores, std::size_t begin, std::size_t end) {
  double sum = 0, weights = 0;
  for (std::size_t i = begin; i < end; ++i) {
    sum += scores[i].value / scores[i].variance;
    weights += 1 / scores[i].variance;
  }
  return sum / weights;
}

// The rising sequence nearest to the scores: neighbours that fall are pooled.
std::vector<double> Isotonic(const std::vector<MeasuredScore>& scores) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    starts.push_back(i);
    while (starts.size() > 1 && WeightedMean(scores, starts[starts.size() - 2], starts.back()) >
                                    WeightedMean(scores, starts.back(), i + 1))
      starts.pop_back();
  }
  std::vector<double> fitted(scores.size());
  for (std::size_t b = 0; b < starts.size(); ++b) {
    const std::size_t end = b + 1 < starts.size() ? starts[b + 1] : scores.size();
    std::fill(fitted.begin() + static_cast<std::ptrdiff_t>(starts[b]),
              fitted.begin() + static_cast<std::ptrdiff_t>(end),
              WeightedMean(scores, starts[b], end));
  }
  return fitted;
}

struct Spread {
  double q = 0;
  double deviation = 0;
};

Spread Measure(const std::vector<MeasuredScore>& scores, const std::vector<double>& expected) {
  Spread spread;
  double weights = 0, squares = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double weight = 1 / scores[i].variance;
    spread.q += weight * (scores[i].value - expected[i]) * (scores[i].value - expected[i]);
    weights += weight;
    squares += weight * weight;
  }
  const double beyond = spread.q - static_cast<double>(scores.size() - 1);
  spread.deviation = std::sqrt(std::max(0.0, beyond / (weights - squares / weights)));
  return spread;
}

}  // namespace

std::vector<contract::Warning> FindUnstableFolds(const FoldProblem& problem) {
  std::vector<MeasuredScore> scores;
  for (const ScoredRows& fold : problem.folds) {
    if (const auto score = MeasureScore(fold)) scores.push_back(*score);
  }
  if (scores.size() < 2) return {};
  const std::vector<double> expected =
      problem.in_time_order
          ? Isotonic(scores)
          : std::vector<double>(scores.size(), WeightedMean(scores, 0, scores.size()));
  const Spread spread = Measure(scores, expected);
  const double limit = ChiSquareLimit(static_cast<double>(scores.size() - 1), kProbability);
  if (spread.q < limit || spread.deviation < kDeviation) return {};
  std::vector<std::string> values;
  for (const MeasuredScore& score : scores) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", score.value);
    values.emplace_back(text);
  }
  const bool is_auc = problem.folds.front().probabilities.classes == 2;
  return {{"unstable_folds", "",
           std::string(is_auc ? "AUC" : "accuracy") +
               (problem.in_time_order ? " falls over time" : " differs between folds") +
               " by more than chance explains: " + Join(values, ", ") +
               (problem.in_time_order ? "; the newest rows are harder than the past promised"
                                      : "; their mean hides that the model fails on some rows")}};
}

}  // namespace reeve::honesty
