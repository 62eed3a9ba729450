#pragma once

#include <cstdint>
#include <span>

#include "reeve/base/result.h"
#include "reeve/capi/reeve.h"
#include "reeve/contract/contract.h"
#include "reeve/table/table.h"

namespace reeve::capi {

/// The table that rows of cells spell: the contract's columns in its order, numbers as numbers and
/// texts as a CSV file would hold them, ready for Scorer::Score.
/// Fails with kInvalidArgument, naming row and feature, when a cell is none: an unknown kind, a
/// text without a pointer or of negative length, bytes that are no UTF-8. REQUIRES: cells.size() ==
/// rows * contract.columns.size().
Result<Table> TableOfCells(const contract::Contract& contract, std::span<const reeve_cell> cells,
                           std::int64_t rows);

}  // namespace reeve::capi
