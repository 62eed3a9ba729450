#include "reeve/tuning/choose_decision.h"

#include <algorithm>
#include <utility>

#include "reeve/evaluation/probability_scores.h"
#include "reeve/evaluation/threshold.h"

namespace reeve::tuning {
namespace {

void ChooseThreshold(std::span<const std::int32_t> labels, const DecisionOptions& options,
                     const Probabilities& out_of_fold, ChosenDecision& chosen) {
  const std::vector<double> positive = evaluation::PositiveColumn(out_of_fold);
  if (options.costs) {
    const auto cheapest = evaluation::ChooseCostThreshold(*options.costs, labels, positive);
    chosen.threshold = cheapest.threshold;
    chosen.cost_rule = cheapest.rule;
    return;
  }
  chosen.threshold = 0.5;
  if (!options.threshold_metric) return;
  const auto best = evaluation::BestThreshold(*options.threshold_metric, labels, positive, {});
  // With one class only, no threshold is better than another.
  if (best.ok()) chosen.threshold = std::clamp(best->threshold, 0.0, 1.0);
}

}  // namespace

Result<ChosenDecision> ChooseDecision(std::span<const std::int32_t> labels,
                                      std::span<const std::int32_t> folds,
                                      const DecisionOptions& options, Probabilities& out_of_fold) {
  REEVE_ASSIGN_OR_RETURN(FittedCalibration fitted,
                         FitCalibration(labels, out_of_fold, folds, options.calibration));
  ChosenDecision chosen{.calibration = std::move(fitted.calibration),
                        .calibrations = std::move(fitted.trials),
                        .calibration_obstacle = std::move(fitted.reason)};
  out_of_fold = std::move(fitted.out_of_fold);
  if (out_of_fold.classes == 2) ChooseThreshold(labels, options, out_of_fold, chosen);
  return chosen;
}

}  // namespace reeve::tuning
