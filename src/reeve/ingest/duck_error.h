#pragma once

#include <string>
#include <string_view>

#include "reeve/base/status.h"
#include "reeve/ingest/source.h"

namespace reeve::ingest {

/// One line of ours from DuckDB's report on a file that it could not read: which file, what is the
/// matter, what would mend it.
Status ReadFailure(const std::string& file, Format format, std::string_view duckdb_message);

}  // namespace reeve::ingest
