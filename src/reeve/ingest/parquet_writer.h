#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/ingest/writer.h"

namespace reeve::ingest {

/// A Parquet file (zstd). Rows are gathered in a DuckDB file beside the target, so memory stays
/// bounded, and copied out at Commit.
Result<std::unique_ptr<TableWriter>> OpenParquetWriter(const std::string& path,
                                                       const std::vector<OutputColumn>& columns,
                                                       WriteMode mode);

}  // namespace reeve::ingest
