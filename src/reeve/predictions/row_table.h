#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reeve/predictions/columns.h"
#include "reeve/predictions/labels.h"
#include "reeve/predictions/reader.h"

namespace reeve::predictions {

/// The rows that the filter's time, request id and key let through.
std::vector<std::uint32_t> SelectRows(const RowColumns& columns, const ReadFilter& filter);

/// The selected rows as the table that PredictionChunk describes, and their labels.
/// REQUIRES: columns belong to `schema`, `selected` is in order.
Result<Table> MakeRowTable(const RowColumns& columns, const Schema& schema,
                           const std::vector<std::uint32_t>& selected, const Labels& labels);

/// What the contract's columns are called in such a table.
std::vector<std::string> FieldNames(const contract::Contract& contract);

}  // namespace reeve::predictions
