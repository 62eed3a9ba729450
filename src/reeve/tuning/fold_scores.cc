#include "reeve/tuning/fold_scores.h"

#include <algorithm>

#include "reeve/evaluation/cost.h"
#include "reeve/evaluation/probability_scores.h"
#include "reeve/evaluation/threshold.h"

namespace reeve::tuning {
namespace {

std::vector<std::int32_t> LabelsAt(std::span<const std::int32_t> labels,
                                   std::span<const std::int64_t> positions) {
  std::vector<std::int32_t> taken;
  taken.reserve(positions.size());
  for (const std::int64_t position : positions)
    taken.push_back(labels[static_cast<std::size_t>(position)]);
  return taken;
}

// How the rows of the i-th fold are decided, in which they have no say.
DecisionRule RuleFor(std::size_t i, const HeldOut& held_out, const FoldScoreOptions& options) {
  DecisionRule rule;
  if (options.costs != nullptr) rule.costs = *options.costs;
  const bool by_cost = options.metric == evaluation::Metric::kCost;
  if (options.classes != 2 || !evaluation::InfoOf(options.metric).depends_on_threshold ||
      (by_cost && !rule.costs))
    return rule;
  if (by_cost) rule.threshold = evaluation::BayesThreshold(*rule.costs);
  if (held_out.folds.size() > 1 && (options.chooses_threshold || by_cost))
    rule.threshold = ChooseThreshold(Pool(held_out, options.labels, i), options);
  return rule;
}

}  // namespace

Pooled Pool(const HeldOut& held_out, std::span<const std::int32_t> labels,
            std::optional<std::size_t> left_out) {
  Pooled pooled;
  for (std::size_t i = 0; i < held_out.folds.size(); ++i) {
    if (i == left_out) continue;
    const std::vector<std::int64_t>& test = held_out.test(i);
    const Probabilities& part = held_out.predictions[i];
    pooled.positions.insert(pooled.positions.end(), test.begin(), test.end());
    pooled.folds.insert(pooled.folds.end(), test.size(),
                        static_cast<std::int32_t>(held_out.folds[i]));
    pooled.probabilities.classes = part.classes;
    pooled.probabilities.rows += part.rows;
    pooled.probabilities.values.insert(pooled.probabilities.values.end(), part.values.begin(),
                                       part.values.end());
  }
  pooled.labels = LabelsAt(labels, pooled.positions);
  return pooled;
}

double ChooseThreshold(const Pooled& pooled, const FoldScoreOptions& options) {
  const std::vector<double> positive = evaluation::PositiveColumn(pooled.probabilities);
  if (options.metric == evaluation::Metric::kCost)
    return evaluation::ChooseCostThreshold(*options.costs, pooled.labels, positive).threshold;
  const auto choice = evaluation::BestThreshold(options.metric, pooled.labels, positive, {});
  return choice.ok() ? std::clamp(choice->threshold, 0.0, 1.0) : 0.5;
}

std::vector<double> FoldScores(const HeldOut& held_out, const FoldScoreOptions& options) {
  std::vector<double> scores;
  for (std::size_t i = 0; i < held_out.folds.size(); ++i) {
    const auto score =
        evaluation::Score(options.metric, LabelsAt(options.labels, held_out.test(i)),
                          held_out.predictions[i], RuleFor(i, held_out, options), {});
    if (score.ok()) scores.push_back(*score);
  }
  return scores;
}

double AsLoss(evaluation::Metric metric, double score) {
  return evaluation::InfoOf(metric).higher_is_better ? -score : score;
}

}  // namespace reeve::tuning
