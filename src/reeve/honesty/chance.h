#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reeve/contract/warning.h"
#include "reeve/evaluation/interval.h"

namespace reeve::honesty {

/// An AUC (of two classes, or one-vs-rest averaged over more) with its 95 % interval.
struct MeasuredAuc {
  double auc = 0.5;
  evaluation::Interval interval;
};

/// What is known of a model's ranking.
struct ChanceProblem {
  /// By out-of-fold predictions; nothing without cross-validation.
  std::optional<MeasuredAuc> out_of_fold;
  /// By the test part; nothing without one.
  std::optional<MeasuredAuc> test;
  std::string target;
};

/// `no_better_than_chance` when ranking a random pair of rows right may be luck:
/// - the interval of the out-of-fold AUC reaches down to 1/2; or
/// - it does once it is made wider for having chosen the best of many trials (to a level of
///   99.9 %), and the interval of the test part holds 1/2 too; or
/// - there was no cross-validation and the interval of the test part reaches down to 1/2.
std::vector<contract::Warning> FindChance(const ChanceProblem& problem);

}  // namespace reeve::honesty
