#pragma once

#include "reeve/base/result.h"
#include "reeve/capi/reeve.h"
#include "reeve/contract/contract.h"
#include "reeve/table/table.h"

namespace reeve::capi {

/// Copies those columns of a struct array that the contract knows into a table, stored as a reader
/// of Parquet files stores them: numbers as doubles (not finite: missing), integers of 2^53 and
/// beyond as texts, dates and times as seconds, texts trimmed, dictionaries as codes.
///
/// The Arrow C data interface carries no sizes of buffers. Everything else is checked: pointers,
/// lengths, offsets, numbers of buffers and children, offsets of texts, indices, UTF-8.
/// Fails with kInvalidArgument, naming the column, when something is missing, contradicts itself or
/// is of a type that is not read; with kInvalidData when a column comes twice or none is known.
/// Borrows both for the call; never releases them.
Result<Table> ImportArrow(const contract::Contract& contract, const ArrowSchema& schema,
                          const ArrowArray& array);

}  // namespace reeve::capi
