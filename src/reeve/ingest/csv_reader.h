#pragma once

#include <memory>

#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"

namespace reeve::ingest {

/// Reads CSV, file after file: every column as trimmed texts. Memory holds one chunk and one block
/// of bytes, which is larger only where a single record is. Malformed rows (another number of
/// fields than the header, quotes that do not end, bytes that are no UTF-8, NUL) fail with file and
/// line, or are left out as ReadOptions::skip_bad_rows allows.
Result<std::unique_ptr<TableReader>> OpenCsvReader(Source source, const ReadOptions& options);

}  // namespace reeve::ingest
