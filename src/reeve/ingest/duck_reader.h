#pragma once

#include <memory>

#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"

namespace reeve::ingest {

/// Reads Parquet and JSON lines through DuckDB, file after file.
Result<std::unique_ptr<TableReader>> OpenDuckReader(Source source, const ReadOptions& options);

}  // namespace reeve::ingest
