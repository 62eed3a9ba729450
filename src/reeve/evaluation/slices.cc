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
};

double TwoSidedP(double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); }

Interval Around(double score, double standard_error) {
  const double half = NormalQuantile(0.975) * standard_error;
  return {score - half, score + half};
}

// What each row contributes to a score that is a mean over rows.
std::vector<double> RowScores(Metric metric, std::span<const std::int32_t> labels,
                              const Probabilities& probabilities, double threshold) {
  std::vector<double> scores;
  scores.reserve(labels.size());
  constexpr double kSmallest = 2.220446049250313e-16;  // as log_loss clips
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (metric == Metric::kAccuracy) {
      scores.push_back(Decide(probabilities.row(row), threshold) == labels[i] ? 1 : 0);
    } else {
      scores.push_back(
          -std::log(std::clamp(probabilities.at(row, labels[i]), kSmallest, 1 - kSmallest)));
    }
  }
  return scores;
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
  return Estimate{delong->auc, interval, error};
}

std::vector<double> Take(const std::vector<double>& values, const std::vector<std::int64_t>& rows) {
  std::vector<double> taken;
  taken.reserve(rows.size());
  for (const std::int64_t row : rows) taken.push_back(values[static_cast<std::size_t>(row)]);
  return taken;
}

void Adjust(std::vector<std::optional<SliceScore>>& slices) {
  std::vector<double> p;
  for (const auto& slice : slices) {
    if (slice) p.push_back(slice->p);
  }
  const std::vector<double> adjusted = HolmAdjusted(p);
  std::size_t next = 0;
  for (auto& slice : slices) {
    if (slice) slice->adjusted_p = adjusted[next++];
  }
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
  REEVE_ASSIGN_OR_RETURN(result.overall,
                         Score(metric, labels, probabilities, options.threshold, {}));
  const bool is_rank = metric == Metric::kAuc;
  const std::vector<double> row_scores =
      is_rank ? std::vector<double>() : RowScores(metric, labels, probabilities, options.threshold);
  for (const std::vector<std::int64_t>& rows : slices) {
    const auto count = static_cast<std::int64_t>(rows.size());
    std::optional<Estimate> estimate;
    if (count >= std::max<std::int64_t>(options.fewest_rows, 2)) {
      estimate = is_rank ? OfRanks(TakeRanked(labels, probabilities, rows), result.overall, options)
                 : metric == Metric::kAccuracy ? OfShare(Take(row_scores, rows), result.overall)
                                               : OfLoss(Take(row_scores, rows));
    }
    if (!estimate) {
      result.slices.emplace_back();
      continue;
    }
    SliceScore slice{.rows = count, .score = estimate->score, .interval = estimate->interval};
    slice.difference = slice.score - result.overall;
    if (estimate->standard_error > 0)
      slice.p = TwoSidedP(slice.difference / estimate->standard_error);
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
