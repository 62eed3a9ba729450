#include "reeve/evaluation/interval.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "reeve/base/random.h"
#include "reeve/evaluation/probability_scores.h"

namespace reeve::evaluation {
namespace {

using Labels = std::span<const std::int32_t>;

// Ranks 1 … n of `values`, ties sharing their mean rank.
std::vector<double> MidRanks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i)
      ranks[order[i]] = static_cast<double>(begin + end + 1) / 2;
    begin = end;
  }
  return ranks;
}

double Variance(const std::vector<double>& values) {
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size() - 1);
}

Interval Percentiles(std::vector<double> values, double level) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double q) {
    const double position = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] +
           (position - static_cast<double>(below)) * (values[above] - values[below]);
  };
  return {at((1 - level) / 2), at((1 + level) / 2)};
}

// Bootstrap of a mean of per-row losses.
Interval BootstrapMean(const std::vector<double>& losses, const IntervalOptions& options) {
  Random random = Random(options.seed).Fork("bootstrap");
  std::vector<double> means;
  for (int i = 0; i < options.resamples; ++i) {
    double sum = 0;
    for (std::size_t row = 0; row < losses.size(); ++row)
      sum += losses[random.Below(losses.size())];
    means.push_back(sum / static_cast<double>(losses.size()));
  }
  return Percentiles(std::move(means), options.level);
}

// Bootstrap of a score of decisions: only (truth, decision) of each row matters.
Result<Interval> BootstrapDecisions(Metric metric, Labels labels,
                                    const Probabilities& probabilities,
                                    const IntervalOptions& options) {
  const auto classes = static_cast<std::size_t>(probabilities.classes);
  std::vector<std::size_t> cells;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const int predicted =
        Decide(probabilities.row(static_cast<std::int64_t>(row)), options.threshold);
    cells.push_back(static_cast<std::size_t>(labels[row]) * classes +
                    static_cast<std::size_t>(predicted));
  }
  // One stand-in row for each cell, weighted by how often it was drawn.
  Probabilities stand_ins(static_cast<std::int64_t>(classes * classes), probabilities.classes);
  std::vector<std::int32_t> truths;
  for (std::size_t cell = 0; cell < classes * classes; ++cell) {
    truths.push_back(static_cast<std::int32_t>(cell / classes));
    stand_ins.mutable_row(static_cast<std::int64_t>(cell))[cell % classes] = 1;
  }
  Random random = Random(options.seed).Fork("bootstrap");
  std::vector<double> scores, weights(classes * classes);
  for (int i = 0; i < options.resamples; ++i) {
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::size_t row = 0; row < cells.size(); ++row)
      weights[cells[random.Below(cells.size())]] += 1;
    REEVE_ASSIGN_OR_RETURN(const double score, Score(metric, truths, stand_ins, 0.5, weights));
    scores.push_back(score);
  }
  return Percentiles(std::move(scores), options.level);
}

// Bootstrap of a ranking score by weights. The rows are sorted once in Score for each resample, so
// few resamples are drawn from large tables; their spread is what matters and is estimated well by
// then.
Result<Interval> BootstrapRanks(Metric metric, Labels labels, const Probabilities& probabilities,
                                const IntervalOptions& options) {
  constexpr double kRowBudget = 400'000;
  const double work = static_cast<double>(labels.size()) * probabilities.classes;
  const int resamples = std::clamp(static_cast<int>(kRowBudget / work), 50, options.resamples);
  Random random = Random(options.seed).Fork("bootstrap");
  std::vector<double> scores, weights(labels.size());
  for (int i = 0; i < resamples; ++i) {
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::size_t row = 0; row < labels.size(); ++row) weights[random.Below(labels.size())] += 1;
    const Result<double> score = Score(metric, labels, probabilities, options.threshold, weights);
    if (score.ok()) scores.push_back(*score);  // a resample may lack a class
  }
  if (scores.size() < 2) return Status::InvalidData("too few rows of a class to give an interval");
  return Percentiles(std::move(scores), options.level);
}

}  // namespace

double NormalQuantile(double p) {
  // Bisection on erfc: slow is fine here, exact everywhere.
  double low = -40, high = 40;
  for (int i = 0; i < 200 && high - low > 1e-15 * std::max(1.0, std::abs(low)); ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::numbers::sqrt2) / 2 < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

Interval Wilson(double successes, double trials, double level) {
  const double z = NormalQuantile((1 + level) / 2);
  const double centre = (successes + z * z / 2) / (trials + z * z);
  const double half =
      z / (trials + z * z) * std::sqrt(successes * (trials - successes) / trials + z * z / 4);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Result<AucVariance> DeLong(Labels labels, std::span<const double> scores) {
  std::vector<double> positives, negatives, all;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    (labels[row] == 1 ? positives : negatives).push_back(scores[row]);
  }
  const auto m = static_cast<double>(positives.size());
  const auto n = static_cast<double>(negatives.size());
  if (m < 2 || n < 2)
    return Status::InvalidData("fewer than two rows of a class, expected at least two of each");
  all = positives;
  all.insert(all.end(), negatives.begin(), negatives.end());
  const std::vector<double> ranks = MidRanks(all);
  const std::vector<double> positive_ranks = MidRanks(positives);
  const std::vector<double> negative_ranks = MidRanks(negatives);
  std::vector<double> positive_places, negative_places;
  for (std::size_t i = 0; i < positives.size(); ++i)
    positive_places.push_back((ranks[i] - positive_ranks[i]) / n);
  for (std::size_t j = 0; j < negatives.size(); ++j) {
    negative_places.push_back(1 - (ranks[positives.size() + j] - negative_ranks[j]) / m);
  }
  const double auc = std::accumulate(positive_places.begin(), positive_places.end(), 0.0) / m;
  return AucVariance{auc, Variance(positive_places) / m + Variance(negative_places) / n};
}

Result<Interval> ConfidenceInterval(Metric metric, Labels labels,
                                    const Probabilities& probabilities,
                                    const IntervalOptions& options) {
  if (metric == Metric::kAuc && probabilities.classes == 2) {
    std::vector<double> positive;
    for (std::int64_t row = 0; row < probabilities.rows; ++row)
      positive.push_back(probabilities.at(row, 1));
    REEVE_ASSIGN_OR_RETURN(const AucVariance delong, DeLong(labels, positive));
    const double half = NormalQuantile((1 + options.level) / 2) * std::sqrt(delong.variance);
    return Interval{std::max(0.0, delong.auc - half), std::min(1.0, delong.auc + half)};
  }
  if (labels.empty()) return Status::InvalidData("there is no row to score");
  if (metric == Metric::kAccuracy) {
    REEVE_ASSIGN_OR_RETURN(const double accuracy,
                           Score(metric, labels, probabilities, options.threshold, {}));
    const auto rows = static_cast<double>(labels.size());
    return Wilson(accuracy * rows, rows, options.level);
  }
  if (metric == Metric::kLogLoss) return BootstrapMean(LogLosses(labels, probabilities), options);
  if (metric == Metric::kBrier) return BootstrapMean(BrierLosses(labels, probabilities), options);
  if (InfoOf(metric).depends_on_threshold)
    return BootstrapDecisions(metric, labels, probabilities, options);
  return BootstrapRanks(metric, labels, probabilities, options);
}

}  // namespace reeve::evaluation
