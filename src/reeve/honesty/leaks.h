#pragma once

#include <vector>

#include "reeve/base/result.h"
#include "reeve/contract/warning.h"
#include "reeve/honesty/labelled_rows.h"

namespace reeve::honesty {

/// What FindLeaks looks at.
struct LeakProblem {
  LabelledRows data;
  /// Columns to look at: those of the table that are learnt from, and others with the same rows
  /// (texts that nothing is learnt from yet may hold the answer all the same).
  std::vector<const Column*> columns;
};

/// `leak_suspected`: columns that know the answer, so that a model would be right in training and
/// useless where the answer is not known yet. On at most 20,000 of the rows (fewer for tables of
/// more than 1,000 columns), and none at all for fewer than 50:
///
/// - a column that decides the class alone: LoneSkill of at least 0.95 (texts: 0.98), for two
///   classes also of at least 0.9 with LoneAuc of at least 0.99. When the other columns together
///   reach the same (CrossValidateQuickly), the classes are simply easy to tell apart and nothing
///   is said, unless each value of the column stands for one class: that is a copy of the target.
/// - a column that numbers the rows (FollowsRows) of a table that is sorted by class (OrderAuc of
///   at least 0.75);
/// - a single category, or a value being missing, that stands for one class in at least 99.5 of 100
///   rows and for at least half of that class, in 50 rows or more, when that class is the class of
///   fewer than half of all rows and the column decides the class well otherwise (LoneSkill >=
///   0.5).
///
/// A column that is strong without being near certain (a credit score) is no leak.
/// Fails with kCancelled.
Result<std::vector<contract::Warning>> FindLeaks(const LeakProblem& problem,
                                                 const CheckOptions& options);

}  // namespace reeve::honesty
