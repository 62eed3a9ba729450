#pragma once

#include <cstdint>
#include <span>

#include "reeve/base/result.h"
#include "reeve/honesty/column_groups.h"
#include "reeve/table/column.h"

namespace reeve::honesty {

/// Classes of rows, by position: `labels[i]` is the class of the i-th row that is looked at.
struct ClassLabels {
  std::span<const std::int32_t> labels;
  int classes = 2;
};

/// How far a column decides the class when it is all that is known. For each group of its values
/// the shares of classes are counted on four fifths of the rows, with one row's worth of the
/// overall shares added, and the fifth is decided by them; a text or a list by the purest of its
/// words or elements. Returns the share of rows outside the most frequent class that this wins
/// back: 0 = no better than always saying that class, 1 = every row right; may be negative. For two
/// classes and numbers the best single cut of the value counts too, if it is better. O(n log n).
/// REQUIRES: `groups` are those of `column`'s rows `rows`, one label for each.
double LoneSkill(const Column& column, std::span<const std::int64_t> rows,
                 const ColumnGroups& groups, const ClassLabels& labels, std::uint64_t seed);

/// The same as an AUC of two classes, by cross-validated shares: 0.5 = tells nothing.
/// kInvalidData unless both classes occur.
Result<double> LoneAuc(const ColumnGroups& groups, const ClassLabels& labels, std::uint64_t seed);

}  // namespace reeve::honesty
