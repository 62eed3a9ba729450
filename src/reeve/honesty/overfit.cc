#include "reeve/honesty/overfit.h"

#include <cmath>
#include <cstdio>

namespace reeve::honesty {
namespace {

constexpr double kErrors = 3, kWide = 0.02;

std::string Three(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

}  // namespace

std::optional<Gap> MeasureGap(const OverfitProblem& problem) {
  const auto promised = MeasureScore(problem.out_of_fold);
  const auto test = MeasureScore(problem.test);
  if (!promised || !test) return std::nullopt;
  const double gap = promised->value - test->value;
  const double z = gap / std::sqrt(promised->variance + test->variance);
  if (gap < kWide || z < kErrors) return std::nullopt;
  return Gap{.score = problem.test.probabilities.classes == 2 ? "AUC" : "accuracy",
             .out_of_fold = promised->value,
             .test = test->value,
             .z = z};
}

contract::Warning OverfitWarning(const Gap& gap, std::optional<double> train, bool is_shifted) {
  std::string message = std::string("the test part is worse than cross-validation promised: ") +
                        gap.score + " " + Three(gap.test) + " instead of " + Three(gap.out_of_fold);
  if (train) message += " (" + Three(*train) + " on rows it learnt from)";
  char errors[32];
  std::snprintf(errors, sizeof errors, "%.1f", gap.z);
  message += std::string(", ") + errors + " standard errors apart; ";
  message += is_shifted ? "test rows are unlike training rows (train_test_shift)"
                        : "rows of different folds may belong together, or the choice fed on luck";
  return {"overfit", "", message};
}

}  // namespace reeve::honesty
