#include "reeve/evaluation/probability_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace reeve::evaluation {

std::vector<double> LogLosses(std::span<const std::int32_t> labels,
                              const Probabilities& probabilities) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  std::vector<double> losses;
  losses.reserve(labels.size());
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double p = probabilities.at(static_cast<std::int64_t>(row), labels[row]);
    losses.push_back(-std::log(std::clamp(p, kEpsilon, 1 - kEpsilon)));
  }
  return losses;
}

std::vector<double> BrierLosses(std::span<const std::int32_t> labels,
                                const Probabilities& probabilities) {
  std::vector<double> losses;
  losses.reserve(labels.size());
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto p = probabilities.row(static_cast<std::int64_t>(row));
    double loss = 0;
    if (p.size() == 2) {
      const double error = p[1] - labels[row];
      loss = error * error;
    } else {
      for (std::size_t k = 0; k < p.size(); ++k) {
        const double error = p[k] - (static_cast<std::size_t>(labels[row]) == k ? 1.0 : 0.0);
        loss += error * error;
      }
    }
    losses.push_back(loss);
  }
  return losses;
}

std::vector<double> PositiveColumn(const Probabilities& probabilities) {
  std::vector<double> positive;
  positive.reserve(static_cast<std::size_t>(probabilities.rows));
  for (std::int64_t row = 0; row < probabilities.rows; ++row)
    positive.push_back(probabilities.at(row, 1));
  return positive;
}

double WeightedMean(std::span<const double> values, std::span<const double> weights) {
  if (weights.empty())
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += values[i] * weights[i];
    total += weights[i];
  }
  return sum / total;
}

}  // namespace reeve::evaluation
