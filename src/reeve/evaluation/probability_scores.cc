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

double ExpectedCalibrationError(std::span<const std::int32_t> labels,
                                const Probabilities& probabilities, int bins,
                                std::span<const double> weights) {
  struct Bin {
    double weight = 0, positives = 0, probability = 0;
  };
  std::vector<Bin> filled(static_cast<std::size_t>(bins));
  double total = 0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto p = probabilities.row(static_cast<std::int64_t>(row));
    const int predicted = p.size() == 2 ? 1 : Decide(p, 0.5);
    const double probability = p[static_cast<std::size_t>(predicted)];
    const double weight = weights.empty() ? 1.0 : weights[row];
    Bin& bin =
        filled[static_cast<std::size_t>(std::min(static_cast<int>(probability * bins), bins - 1))];
    bin.weight += weight;
    bin.positives += labels[row] == predicted ? weight : 0;
    bin.probability += weight * probability;
    total += weight;
  }
  double error = 0;
  for (const Bin& bin : filled) {
    if (bin.weight > 0) error += std::abs(bin.positives - bin.probability);
  }
  return total > 0 ? error / total : 0;
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
