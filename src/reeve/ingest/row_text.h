#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/table/table.h"

namespace reeve::ingest {

/// Appends `text` as one CSV field (RFC 4180): quoted when it holds a comma, a quote, a line end or
/// blanks at its ends.
void AppendCsvField(std::string_view text, std::string& out);
/// Appends `text` as a JSON string; invalid UTF-8 is replaced by U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

/// One row with its line end. Numbers in the shortest form that reads back equal; missing values
/// empty, in JSON null.
void AppendCsvRow(const Table& table, std::int64_t row, std::string& out);
void AppendJsonRow(const Table& table, std::int64_t row, std::string& out);

}  // namespace reeve::ingest
