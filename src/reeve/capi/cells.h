#pragma once

#include <cstdint>
#include <span>

#include "reeve/base/status.h"
#include "reeve/capi/reeve.h"
#include "reeve/contract/cell_columns.h"
#include "reeve/contract/contract.h"
#include "reeve/table/table.h"

namespace reeve::capi {

// Rows of cells, in the contract's order of columns. REQUIRES, for all three: cells.size() == rows
// * contract.columns.size(); for the latter two: CheckCells passed.

/// Fails with kInvalidArgument, naming row and feature, when a cell is none: an unknown kind, a
/// text without a pointer or of negative length, bytes that are no UTF-8.
Status CheckCells(const contract::Contract& contract, std::span<const reeve_cell> cells);

/// The table that the rows spell, ready for Scorer::Score: numbers as numbers and texts as a CSV
/// file would hold them.
Table TableOfCells(const contract::Contract& contract, std::span<const reeve_cell> cells,
                   std::int64_t rows);

/// The same rows for RowScorer, into `columns`, whose texts stay the caller's.
void ColumnsOfCells(const contract::Contract& contract, std::span<const reeve_cell> cells,
                    std::int64_t rows, contract::CellColumns& columns);

}  // namespace reeve::capi
