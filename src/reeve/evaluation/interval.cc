#include "reeve/evaluation/interval.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "reeve/base/random.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/cost.h"
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

// The whole table's score and a normal deviation around it.
Interval Around(double score, double deviation, double level) {
  const double half = NormalQuantile((1 + level) / 2) * deviation;
  return {score - half, score + half};
}

// Of a mean of per-row losses: the bootstrap where losses are few and their mean may be skewed, the
// central limit theorem where both agree.
Interval MeanInterval(const std::vector<double>& losses, const IntervalOptions& options) {
  constexpr std::size_t kManyRows = 10'000;
  const auto rows = static_cast<double>(losses.size());
  if (losses.size() > kManyRows) {
    const double mean = std::accumulate(losses.begin(), losses.end(), 0.0) / rows;
    return Around(mean, std::sqrt(Variance(losses) / rows), options.level);
  }
  Random random = Random(options.seed).Fork("bootstrap");
  std::vector<double> means;
  for (int i = 0; i < options.resamples; ++i) {
    double sum = 0;
    for (std::size_t row = 0; row < losses.size(); ++row)
      sum += losses[random.Below(losses.size())];
    means.push_back(sum / rows);
  }
  return Percentiles(std::move(means), options.level);
}

// A Poisson number: by products of uniforms (Knuth) for small means, where only that is right, else
// by the normal distribution it approaches.
double Poisson(double mean, Random& random) {
  constexpr double kLargeMean = 64;
  if (mean >= kLargeMean)
    return std::max(0.0, std::round(mean + std::sqrt(mean) * random.Normal()));
  const double limit = std::exp(-mean);
  double count = 0;
  for (double product = random.Uniform(); product > limit; product *= random.Uniform()) ++count;
  return count;
}

// Of a score of decisions: only the confusion counts matter, and a bootstrap of rows is a Poisson
// number for each of them (Hanley and MacGibbon 2006), whatever the number of rows.
Result<Interval> DecisionInterval(Metric metric, Labels labels, const Probabilities& probabilities,
                                  const IntervalOptions& options) {
  const auto classes = static_cast<std::size_t>(probabilities.classes);
  std::vector<double> counts(classes * classes);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const int predicted = options.rule.Decide(probabilities.row(static_cast<std::int64_t>(row)));
    counts[static_cast<std::size_t>(labels[row]) * classes + static_cast<std::size_t>(predicted)] +=
        1;
  }
  // One stand-in row for each count, with the count as its weight.
  Probabilities stand_ins(static_cast<std::int64_t>(counts.size()), probabilities.classes);
  std::vector<std::int32_t> truths;
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    truths.push_back(static_cast<std::int32_t>(cell / classes));
    stand_ins.mutable_row(static_cast<std::int64_t>(cell))[cell % classes] = 1;
  }
  Random random = Random(options.seed).Fork("bootstrap");
  std::vector<double> scores, weights(counts.size());
  for (int i = 0; i < options.resamples; ++i) {
    for (std::size_t cell = 0; cell < counts.size(); ++cell)
      weights[cell] = counts[cell] > 0 ? Poisson(counts[cell], random) : 0;
    const Result<double> score = Score(metric, truths, stand_ins, 0.5, weights);
    if (score.ok()) scores.push_back(*score);  // nothing at all may have been drawn
  }
  if (scores.size() < 2) return Status::InvalidData("too few rows to give an interval");
  return Percentiles(std::move(scores), options.level);
}

// Percentile bootstrap of a ranking score by weights; each resample ranks its rows, so their
// number is limited.
Result<Interval> RankBootstrap(Metric metric, Labels labels, const Probabilities& probabilities,
                               const IntervalOptions& options) {
  constexpr double kRowBudget = 400'000;
  const double work = static_cast<double>(labels.size()) * probabilities.classes;
  const int resamples = std::clamp(static_cast<int>(kRowBudget / work), 50, options.resamples);
  Random random = Random(options.seed).Fork("bootstrap");
  const ClassOrders orders(probabilities);
  std::vector<double> scores, weights(labels.size());
  for (int i = 0; i < resamples; ++i) {
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::size_t row = 0; row < labels.size(); ++row) weights[random.Below(labels.size())] += 1;
    const Result<double> score =
        Score(metric, labels, probabilities, options.rule, weights, &orders);
    if (score.ok()) scores.push_back(*score);  // a resample may lack a class
  }
  if (scores.size() < 2) return Status::InvalidData("too few rows of a class to give an interval");
  return Percentiles(std::move(scores), options.level);
}

// Of a ranking score. Of a large table a random part is resampled and its spread scaled by the root
// of the share (Politis and Romano 1994).
Result<Interval> RankInterval(Metric metric, Labels labels, const Probabilities& probabilities,
                              const IntervalOptions& options) {
  constexpr std::size_t kPartRows = 20'000;
  if (labels.size() <= kPartRows) return RankBootstrap(metric, labels, probabilities, options);
  Random random = Random(options.seed).Fork("part");
  Probabilities part(static_cast<std::int64_t>(kPartRows), probabilities.classes);
  std::vector<std::int32_t> part_labels;
  // Selection sampling: each row is taken with the share that is still needed of those that remain.
  for (std::size_t row = 0; row < labels.size() && part_labels.size() < kPartRows; ++row) {
    if (random.Below(labels.size() - row) >= kPartRows - part_labels.size()) continue;
    const auto from = probabilities.row(static_cast<std::int64_t>(row));
    std::copy(from.begin(), from.end(),
              part.mutable_row(static_cast<std::int64_t>(part_labels.size())).begin());
    part_labels.push_back(labels[row]);
  }
  REEVE_ASSIGN_OR_RETURN(const double whole,
                         Score(metric, labels, probabilities, options.rule, {}));
  REEVE_ASSIGN_OR_RETURN(const double of_part, Score(metric, part_labels, part, options.rule, {}));
  REEVE_ASSIGN_OR_RETURN(const Interval interval,
                         RankBootstrap(metric, part_labels, part, options));
  const double scale =
      std::sqrt(static_cast<double>(kPartRows) / static_cast<double>(labels.size()));
  return Interval{std::max(0.0, whole + (interval.low - of_part) * scale),
                  std::min(1.0, whole + (interval.high - of_part) * scale)};
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
    const Interval interval = Around(delong.auc, std::sqrt(delong.variance), options.level);
    return Interval{std::max(0.0, interval.low), std::min(1.0, interval.high)};
  }
  if (labels.empty()) return Status::InvalidData("there is no row to score");
  if (metric == Metric::kAccuracy) {
    REEVE_ASSIGN_OR_RETURN(const double accuracy,
                           Score(metric, labels, probabilities, options.rule, {}));
    const auto rows = static_cast<double>(labels.size());
    return Wilson(accuracy * rows, rows, options.level);
  }
  if (metric == Metric::kCost && options.rule.costs) {
    return CostInterval(CountConfusion(labels, probabilities, options.rule, {}),
                        *options.rule.costs, options.level);
  }
  if (metric == Metric::kLogLoss) return MeanInterval(LogLosses(labels, probabilities), options);
  if (metric == Metric::kBrier) return MeanInterval(BrierLosses(labels, probabilities), options);
  if (InfoOf(metric).depends_on_threshold)
    return DecisionInterval(metric, labels, probabilities, options);
  return RankInterval(metric, labels, probabilities, options);
}

}  // namespace reeve::evaluation
