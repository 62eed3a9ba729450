#include "reeve/evaluation/scores.h"

#include <array>

namespace reeve::evaluation {
namespace {

constexpr std::array<Metric, 10> kHeadlines = {Metric::kAccuracy,  Metric::kBalancedAccuracy,
                                               Metric::kPrecision, Metric::kRecall,
                                               Metric::kF1,        Metric::kMcc,
                                               Metric::kAuc,       Metric::kAveragePrecision,
                                               Metric::kLogLoss,   Metric::kBrier};

template <typename T>
std::optional<T> FindNamed(const std::vector<std::pair<std::string, T>>& named,
                           std::string_view name) {
  for (const auto& [key, value] : named) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> Scores::Find(std::string_view name) const { return FindNamed(values, name); }
std::optional<Interval> Scores::FindInterval(std::string_view name) const {
  return FindNamed(intervals, name);
}

Result<Scores> ComputeScores(std::span<const std::int32_t> labels,
                             const Probabilities& probabilities, const ScoreOptions& options) {
  if (labels.empty()) return Status::InvalidData("there is no row to score");
  Scores scores;
  scores.rows = static_cast<std::int64_t>(labels.size());
  scores.confusion = CountConfusion(labels, probabilities, options.rule, {});
  const Task other = probabilities.classes == 2 ? Task::kMulticlass : Task::kBinary;
  for (const MetricInfo& info : AllMetrics()) {
    if (info.task == other || info.metric == Metric::kCost) continue;
    const Result<double> value = Score(info.metric, labels, probabilities, options.rule, {});
    if (value.ok()) scores.values.emplace_back(info.name, *value);
  }
  scores.reliability = ReliabilityCurve(labels, probabilities, kReliabilityBins);
  scores.perfect_ece = ErrorOfPerfectCalibration(labels, probabilities, kReliabilityBins);
  if (options.costs)
    scores.values.emplace_back("cost", CostPerRow(scores.confusion, *options.costs));
  if (!options.with_intervals) return scores;
  for (const Metric metric : kHeadlines) {
    const Result<Interval> interval = ConfidenceInterval(
        metric, labels, probabilities, {.rule = options.rule, .seed = options.seed});
    if (interval.ok()) scores.intervals.emplace_back(InfoOf(metric).name, *interval);
  }
  if (options.costs) {
    scores.intervals.emplace_back("cost", CostInterval(scores.confusion, *options.costs));
  }
  return scores;
}

}  // namespace reeve::evaluation
