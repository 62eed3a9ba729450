#include "reeve/evaluation/reliability.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "reeve/evaluation/interval.h"

namespace reeve::evaluation {
namespace {

using Labels = std::span<const std::int32_t>;

// The event that is forecast for each row, and its probability.
struct Forecasts {
  std::vector<std::int32_t> happened;
  std::vector<double> probabilities;
};

Forecasts ForecastsOf(Labels labels, const Probabilities& probabilities) {
  Forecasts forecasts;
  forecasts.happened.reserve(labels.size());
  forecasts.probabilities.reserve(labels.size());
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto p = probabilities.row(static_cast<std::int64_t>(row));
    const int forecast = p.size() == 2 ? 1 : Decide(p, 0.5);
    forecasts.happened.push_back(labels[row] == forecast ? 1 : 0);
    forecasts.probabilities.push_back(p[static_cast<std::size_t>(forecast)]);
  }
  return forecasts;
}

double Quantile(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// The bin of each row, 0 … bins-1.
std::vector<std::size_t> BinOfRows(std::span<const double> probabilities, int bins) {
  if (probabilities.empty()) return {};
  std::vector<double> sorted(probabilities.begin(), probabilities.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> inner_edges;
  for (int i = 1; i < bins; ++i)
    inner_edges.push_back(Quantile(sorted, static_cast<double>(i) / bins));
  std::vector<std::size_t> bin_of(probabilities.size());
  for (std::size_t row = 0; row < probabilities.size(); ++row) {
    const auto edge = std::lower_bound(inner_edges.begin(), inner_edges.end(), probabilities[row]);
    bin_of[row] = static_cast<std::size_t>(edge - inner_edges.begin());
  }
  return bin_of;
}

}  // namespace

std::vector<ReliabilityBin> ReliabilityCurve(Labels labels, std::span<const double> probabilities,
                                             int bins) {
  constexpr double kLevel = 0.95;
  const std::vector<std::size_t> bin_of = BinOfRows(probabilities, bins);
  std::vector<ReliabilityBin> filled(static_cast<std::size_t>(bins));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    ReliabilityBin& bin = filled[bin_of[row]];
    bin.mean_predicted += probabilities[row];
    bin.observed += labels[row];
    ++bin.rows;
  }
  std::erase_if(filled, [](const ReliabilityBin& bin) { return bin.rows == 0; });
  for (ReliabilityBin& bin : filled) {
    const auto rows = static_cast<double>(bin.rows);
    const Interval interval = Wilson(bin.observed, rows, kLevel);
    bin.low = interval.low;
    bin.high = interval.high;
    bin.mean_predicted /= rows;
    bin.observed /= rows;
  }
  return filled;
}

std::vector<ReliabilityBin> ReliabilityCurve(Labels labels, const Probabilities& probabilities,
                                             int bins) {
  const Forecasts forecasts = ForecastsOf(labels, probabilities);
  return ReliabilityCurve(forecasts.happened, forecasts.probabilities, bins);
}

double ExpectedCalibrationError(Labels labels, const Probabilities& probabilities, int bins,
                                std::span<const double> weights) {
  const Forecasts forecasts = ForecastsOf(labels, probabilities);
  const std::vector<std::size_t> bin_of = BinOfRows(forecasts.probabilities, bins);
  // Of each bin, the weight of its positives beyond what was forecast.
  std::vector<double> gaps(static_cast<std::size_t>(bins));
  double total = 0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double weight = weights.empty() ? 1.0 : weights[row];
    gaps[bin_of[row]] += weight * (forecasts.happened[row] - forecasts.probabilities[row]);
    total += weight;
  }
  double error = 0;
  for (const double gap : gaps) error += std::abs(gap);
  return total > 0 ? error / total : 0;
}

double ErrorOfPerfectCalibration(Labels labels, const Probabilities& probabilities, int bins) {
  const Forecasts forecasts = ForecastsOf(labels, probabilities);
  const std::vector<std::size_t> bin_of = BinOfRows(forecasts.probabilities, bins);
  // Of each bin, the variance of the count of its positives.
  std::vector<double> variances(static_cast<std::size_t>(bins));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double p = forecasts.probabilities[row];
    variances[bin_of[row]] += p * (1 - p);
  }
  double error = 0;
  for (const double variance : variances)
    error += std::sqrt(2 / std::numbers::pi * std::max(variance, 0.0));
  return labels.empty() ? 0 : error / static_cast<double>(labels.size());
}

}  // namespace reeve::evaluation
