#pragma once

#include <memory>

#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"

namespace reeve::ingest {

/// Reads a table or query of an SQLite file. SQLite's values have types, its columns do not: a
/// column whose values are all numbers becomes numbers, any other texts.
Result<std::unique_ptr<TableReader>> OpenSqliteReader(Source source, const ReadOptions& options);

}  // namespace reeve::ingest
