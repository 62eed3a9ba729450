#include "reeve/tuning/fold_scores.h"

#include <algorithm>

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

double ChooseThreshold(const Pooled& pooled, evaluation::Metric metric) {
  const std::vector<double> positive = evaluation::PositiveColumn(pooled.probabilities);
  const auto choice = evaluation::BestThreshold(metric, pooled.labels, positive, {});
  return choice.ok() ? std::clamp(choice->threshold, 0.0, 1.0) : 0.5;
}

std::vector<double> FoldScores(const HeldOut& held_out, const FoldScoreOptions& options) {
  const bool chooses = options.chooses_threshold && options.classes == 2 &&
                       evaluation::InfoOf(options.metric).depends_on_threshold &&
                       held_out.folds.size() > 1;
  std::vector<double> scores;
  for (std::size_t i = 0; i < held_out.folds.size(); ++i) {
    const double threshold =
        chooses ? ChooseThreshold(Pool(held_out, options.labels, i), options.metric) : 0.5;
    const auto score = evaluation::Score(options.metric, LabelsAt(options.labels, held_out.test(i)),
                                         held_out.predictions[i], threshold, {});
    if (score.ok()) scores.push_back(*score);
  }
  return scores;
}

double AsLoss(evaluation::Metric metric, double score) {
  return evaluation::InfoOf(metric).higher_is_better ? -score : score;
}

}  // namespace reeve::tuning
