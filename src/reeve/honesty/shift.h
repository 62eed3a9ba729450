#pragma once

#include <vector>

#include "reeve/base/result.h"
#include "reeve/contract/warning.h"
#include "reeve/honesty/labelled_rows.h"

namespace reeve::honesty {

/// Two parts of one table that are expected to be alike.
struct ShiftProblem {
  const Table* table = nullptr;
  std::vector<std::string> features;
  std::span<const std::int64_t> train, test;
  /// Group of each table row when whole groups were split off, else empty. Rows of a group are then
  /// kept together here too: that other groups are other groups is no shift.
  std::span<const std::int32_t> groups;
};

/// `train_test_shift`, by adversarial validation: a quick model (CrossValidateQuickly) learns from
/// the features alone to tell test rows from training rows, on at most 10,000 of each. Rows from
/// one source cannot be told apart (AUC 0.5). Warns when the lower end of the 95 % interval of the
/// AUC (DeLong in each part, averaged) is above 0.6, and names the columns that give it away, by
/// the AUC of each alone. Nothing for fewer than 50 rows in a part.
///
/// Only of use where the parts were not drawn at random: a test source, a time or a group split.
/// Fails with kCancelled.
Result<std::vector<contract::Warning>> FindShift(const ShiftProblem& problem,
                                                 const CheckOptions& options);

}  // namespace reeve::honesty
