#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/evaluation/confusion.h"
#include "reeve/evaluation/cost.h"
#include "reeve/evaluation/interval.h"
#include "reeve/evaluation/metric.h"
#include "reeve/evaluation/reliability.h"

namespace reeve::evaluation {

struct ScoreOptions {
  /// How rows are decided.
  DecisionRule rule = {};
  /// Also 95 % intervals of the headline scores.
  bool with_intervals = true;
  /// Of the bootstrap that some intervals need.
  std::uint64_t seed = 42;
  /// What the score "cost" counts, whatever costs the rule decides by; nothing: no such score.
  std::optional<CostMatrix> costs = {};
};

/// All scores of one set of predictions.
struct Scores {
  std::int64_t rows = 0;
  /// Name and value in the order of AllMetrics; scores that are undefined here are left out.
  std::vector<std::pair<std::string, double>> values;
  /// 95 % intervals of headline scores.
  std::vector<std::pair<std::string, Interval>> intervals;
  ConfusionMatrix confusion;
  /// The curve behind "ece", and what "ece" would be if every probability were right.
  std::vector<ReliabilityBin> reliability;
  double perfect_ece = 0;

  std::optional<double> Find(std::string_view name) const;
  std::optional<Interval> FindInterval(std::string_view name) const;
};

/// Fails with kInvalidData when there are no rows.
Result<Scores> ComputeScores(std::span<const std::int32_t> labels,
                             const Probabilities& probabilities, const ScoreOptions& options);

}  // namespace reeve::evaluation
