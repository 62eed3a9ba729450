#include "reeve/honesty/chance.h"

#include <cstdio>

namespace reeve::honesty {
namespace {

std::string Three(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

bool ReachesHalf(const MeasuredAuc& measured) { return measured.interval.low <= 0.5; }

// The lower end at a level of 99.9 %, by the normal distribution.
bool NearlyReachesHalf(const MeasuredAuc& measured) {
  const double wider = evaluation::NormalQuantile(0.9995) / evaluation::NormalQuantile(0.975);
  return measured.auc - wider * (measured.auc - measured.interval.low) <= 0.5;
}

std::string Describe(const MeasuredAuc& measured) {
  return Three(measured.auc) + " (95 % " + Three(measured.interval.low) + " to " +
         Three(measured.interval.high) + ")";
}

}  // namespace

std::vector<contract::Warning> FindChance(const ChanceProblem& problem) {
  const bool by_folds = problem.out_of_fold && ReachesHalf(*problem.out_of_fold);
  const bool by_both = problem.out_of_fold && problem.test &&
                       NearlyReachesHalf(*problem.out_of_fold) && ReachesHalf(*problem.test);
  const bool by_test = !problem.out_of_fold && problem.test && ReachesHalf(*problem.test);
  std::string found;
  if (by_folds) {
    found = "its cross-validated AUC of " + Describe(*problem.out_of_fold);
  } else if (by_both) {
    found = "the AUC of its test part, " + Describe(*problem.test) +
            ", like the best of many trials in cross-validation, " +
            Describe(*problem.out_of_fold) + ",";
  } else if (by_test) {
    found = "the AUC of its test part, " + Describe(*problem.test) + ",";
  } else {
    return {};
  }
  return {{"no_better_than_chance", "",
           "the model is no better than chance: " + found +
               " may as well be 0.5; the columns do not explain " + problem.target}};
}

}  // namespace reeve::honesty
