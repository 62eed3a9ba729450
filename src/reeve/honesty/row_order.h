#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "reeve/table/column.h"

namespace reeve::honesty {

/// How far the place of a row in its table tells its class: |AUC - 1/2| + 1/2 of the row number,
/// the best over classes against the others. 1 for a table sorted by class, about 0.5 for a
/// shuffled one. `labels` in the order of the rows.
double OrderAuc(std::span<const std::int32_t> labels, int classes);

/// Whether a column rises, or falls, from row to row in at least 99 of 100 steps and hardly repeats
/// a value: a number that was given to the rows in their order. False for fewer than 20 values and
/// for columns that hold no numbers.
bool FollowsRows(const Column& column, std::span<const std::int64_t> rows);

}  // namespace reeve::honesty
