#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/ingest/source.h"
#include "reeve/ingest/writer.h"

namespace reeve::ingest {

/// A table of an SQLite file. Everything happens in one transaction, which Commit ends: making the
/// table, emptying it, removing the rows of a batch id, adding new ones.
Result<std::unique_ptr<TableWriter>> OpenSqliteWriter(const SqliteUri& uri,
                                                      const std::vector<OutputColumn>& columns,
                                                      const WriteOptions& options);

}  // namespace reeve::ingest
