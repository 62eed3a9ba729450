#include "reeve/evaluation/slices.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace reeve::evaluation {
namespace {

// A score with what is needed to compare it.
struct Estimate {
  double score = 0;
  Interval interval;
  double standard_error = 0;
  /// If the probabilities were right: the score, and its standard error.
  double expected = 0, expected_error = 0;
};

// Mean over rows of what a score would be, and the standard error of that mean.
struct Expectation {
  double mean = 0, standard_error = 0;
};

double TwoSidedP(double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); }

Interval Around(double score, double standard_error) {
  const double half = NormalQuantile(0.975) * standard_error;
  return {score - half, score + half};
}

// What each row contributes to a score that is a mean over rows.
std::vector<double> RowScores(Metric metric, std::span<const std::int32_t> labels,
                              const Probabilities& probabilities,
                              const std::vector<std::int64_t>& rows, const DecisionRule& rule) {
  std::vector<double> scores;
  scores.reserve(rows.size());
  constexpr double kSmallest = 2.220446049250313e-16;  // as log_loss clips
  for (const std::int64_t row : rows) {
    const std::int32_t label = labels[static_cast<std::size_t>(row)];
    if (metric == Metric::kAccuracy) {
      scores.push_back(rule.Decide(probabilities.row(row)) == label ? 1 : 0);
    } else {
      scores.push_back(
          -std::log(std::clamp(probabilities.at(row, label), kSmallest, 1 - kSmallest)));
    }
  }
  return scores;
}

// What the row scores of `rows` come to if the probabilities are right.
Expectation Expect(Metric metric, const Probabilities& probabilities,
                   const std::vector<std::int64_t>& rows, const DecisionRule& rule) {
  double mean = 0, variance = 0;
  for (const std::int64_t row : rows) {
    const auto p = probabilities.row(row);
    if (metric == Metric::kAccuracy) {
      const double right = p[static_cast<std::size_t>(rule.Decide(p))];
      mean += right;
      variance += right * (1 - right);
      continue;
    }
    double loss = 0, squared = 0;
    for (const double one : p) {
      if (one <= 0) continue;
      loss -= one * std::log(one);
      squared += one * std::log(one) * std::log(one);
    }
    mean += loss;
    variance += std::max(squared - loss * loss, 0.0);
  }
  const auto count = static_cast<double>(rows.size());
  return {mean / count, std::sqrt(variance) / count};
}

// Share of pairs of a positive and a negative row that are in order, ties half, over all labels
// that independent rows with these probabilities may have.
double ExpectedAuc(std::vector<double> positive) {
  std::sort(positive.begin(), positive.end());
  double ordered = 0, below = 0, sum = 0, own = 0;
  for (std::size_t begin = 0; begin < positive.size();) {
    std::size_t end = begin;
    while (end < positive.size() && positive[end] == positive[begin]) ++end;
    const double p = positive[begin], ties = static_cast<double>(end - begin);
    ordered += ties * p * (below + 0.5 * (ties - 1) * (1 - p));
    below += ties * (1 - p);
    sum += ties * p;
    own += ties * p * (1 - p);
    begin = end;
  }
  const double pairs = sum * below - own;
  return pairs > 0 ? ordered / pairs : 0.5;
}

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Estimate OfShare(const std::vector<double>& values, double overall) {
  const auto rows = static_cast<double>(values.size());
  const double share = Mean(values);
  return {share, Wilson(share * rows, rows, 0.95), std::sqrt(overall * (1 - overall) / rows)};
}

Estimate OfLoss(const std::vector<double>& values) {
  const double mean = Mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto rows = static_cast<double>(values.size());
  const double error = std::sqrt(squares / std::max(rows - 1, 1.0) / rows);
  Interval interval = Around(mean, error);
  interval.low = std::max(interval.low, 0.0);
  return {mean, interval, error};
}

// Variance of an AUC that is `auc` in truth (Hanley and McNeil 1982).
double HanleyMcNeil(double auc, double positives, double negatives) {
  const double q1 = auc / (2 - auc), q2 = 2 * auc * auc / (1 + auc), square = auc * auc;
  return (auc * (1 - auc) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square)) /
         (positives * negatives);
}

struct RankedRows {
  std::vector<std::int32_t> labels;
  std::vector<double> positive;
};

RankedRows TakeRanked(std::span<const std::int32_t> labels, const Probabilities& probabilities,
                      const std::vector<std::int64_t>& rows) {
  RankedRows taken;
  for (const std::int64_t row : rows) {
    taken.labels.push_back(labels[static_cast<std::size_t>(row)]);
    taken.positive.push_back(probabilities.at(row, 1));
  }
  return taken;
}

std::optional<Estimate> OfRanks(const RankedRows& rows, double overall,
                                const SliceOptions& options) {
  const auto positives = std::count(rows.labels.begin(), rows.labels.end(), 1);
  const auto negatives = static_cast<std::int64_t>(rows.labels.size()) - positives;
  if (std::min<std::int64_t>(positives, negatives) < options.fewest_of_class) return std::nullopt;
  const Result<AucVariance> delong = DeLong(rows.labels, rows.positive);
  if (!delong.ok()) return std::nullopt;
  const double null_variance =
      HanleyMcNeil(overall, static_cast<double>(positives), static_cast<double>(negatives));
  const double error = std::sqrt(std::max({delong->variance, null_variance, 0.0}));
  Interval interval = Around(delong->auc, error);
  interval = {std::max(interval.low, 0.0), std::min(interval.high, 1.0)};
  Estimate estimate{delong->auc, interval, error, ExpectedAuc(rows.positive), 0};
  estimate.expected_error = std::sqrt(
      std::max(delong->variance, HanleyMcNeil(estimate.expected, static_cast<double>(positives),
                                              static_cast<double>(negatives))));
  return estimate;
}

void Adjust(std::vector<std::optional<SliceScore>>& slices) {
  std::vector<double> p, surprise;
  for (const auto& slice : slices) {
    if (!slice) continue;
    p.push_back(slice->p);
    surprise.push_back(slice->surprise_p);
  }
  p = HolmAdjusted(p);
  surprise = HolmAdjusted(surprise);
  std::size_t next = 0;
  for (auto& slice : slices) {
    if (!slice) continue;
    slice->adjusted_p = p[next];
    slice->adjusted_surprise_p = surprise[next++];
  }
}

// One slice as all rows are scored; nothing where it has too few.
std::optional<Estimate> EstimateSlice(Metric metric, std::span<const std::int32_t> labels,
                                      const Probabilities& probabilities,
                                      const std::vector<std::int64_t>& rows, double overall,
                                      const SliceOptions& options) {
  if (metric == Metric::kAuc)
    return OfRanks(TakeRanked(labels, probabilities, rows), overall, options);
  const std::vector<double> scores = RowScores(metric, labels, probabilities, rows, options.rule);
  Estimate estimate = metric == Metric::kAccuracy ? OfShare(scores, overall) : OfLoss(scores);
  const Expectation expectation = Expect(metric, probabilities, rows, options.rule);
  estimate.expected = expectation.mean;
  estimate.expected_error = expectation.standard_error;
  return estimate;
}

}  // namespace

Metric SliceMetric(Metric metric, int classes) {
  switch (metric) {
    case Metric::kAuc:
    case Metric::kAveragePrecision:
    case Metric::kKs:
    case Metric::kGini:
      return classes == 2 ? Metric::kAuc : Metric::kAccuracy;
    case Metric::kLogLoss:
    case Metric::kBrier:
    case Metric::kEce:
      return Metric::kLogLoss;
    default:
      return Metric::kAccuracy;
  }
}

Result<SliceScores> ScoreSlices(Metric metric, std::span<const std::int32_t> labels,
                                const Probabilities& probabilities,
                                std::span<const std::vector<std::int64_t>> slices,
                                const SliceOptions& options) {
  if (metric != Metric::kAuc && metric != Metric::kAccuracy && metric != Metric::kLogLoss) {
    return Status::InvalidArgument("slices cannot be scored by " +
                                   std::string(InfoOf(metric).name) +
                                   ", expected auc, accuracy or log_loss");
  }
  SliceScores result;
  REEVE_ASSIGN_OR_RETURN(result.overall, Score(metric, labels, probabilities, options.rule, {}));
  for (const std::vector<std::int64_t>& rows : slices) {
    const auto count = static_cast<std::int64_t>(rows.size());
    std::optional<Estimate> estimate;
    if (count >= std::max<std::int64_t>(options.fewest_rows, 2))
      estimate = EstimateSlice(metric, labels, probabilities, rows, result.overall, options);
    if (!estimate) {
      result.slices.emplace_back();
      continue;
    }
    SliceScore slice{.rows = count,
                     .score = estimate->score,
                     .interval = estimate->interval,
                     .difference = estimate->score - result.overall,
                     .expected = estimate->expected};
    if (estimate->standard_error > 0)
      slice.p = TwoSidedP(slice.difference / estimate->standard_error);
    if (estimate->expected_error > 0)
      slice.surprise_p = TwoSidedP((slice.score - slice.expected) / estimate->expected_error);
    result.slices.emplace_back(slice);
  }
  Adjust(result.slices);
  return result;
}

std::vector<double> HolmAdjusted(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, std::min(1.0, p[order[i]] * static_cast<double>(p.size() - i)));
    adjusted[order[i]] = largest;
  }
  return adjusted;
}

}  // namespace reeve::evaluation
