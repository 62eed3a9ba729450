#pragma once

#include <vector>

#include "reeve/contract/warning.h"
#include "reeve/honesty/labelled_rows.h"

namespace reeve::honesty {

/// Rows that may repeat each other.
struct DuplicateProblem {
  /// Tables of equal rows whose columns are compared; those after the first may be empty or have
  /// fewer rows (what they lack is then not compared).
  std::vector<const Table*> tables;
  std::span<const std::int64_t> train, test;
  /// Class of each row.
  std::span<const std::int32_t> labels;
};

/// - `duplicate_rows_across_split`: test rows whose values all stand in one training row, when
///   they are at least 3 and 5 % of the test rows: the test asks what training has seen.
/// - `contradicting_rows`: rows that equal an earlier row in all values but have another class,
///   when they are at least 3 and 1 % of all rows: no model can be right about both.
///
/// Nothing is said where equal rows are to be expected because columns have few values: where the
/// values that columns take could be combined in fewer than 20 ways for each row. Missing values
/// equal each other. Rows are compared by 64-bit digests; O(cells), some 8 bytes a row.
std::vector<contract::Warning> FindDuplicateRows(const DuplicateProblem& problem);

}  // namespace reeve::honesty
