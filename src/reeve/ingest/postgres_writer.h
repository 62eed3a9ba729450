#pragma once

#include <memory>
#include <vector>

#include "reeve/ingest/source.h"
#include "reeve/ingest/writer.h"

namespace reeve::ingest {

/// Writes to a table of a PostgreSQL database, which is made when it is not there. Rows wait in a
/// temporary table of the connection; Commit moves them in one transaction.
Result<std::unique_ptr<TableWriter>> OpenPostgresWriter(const PostgresUri& uri,
                                                        const std::vector<OutputColumn>& columns,
                                                        const WriteOptions& options);

}  // namespace reeve::ingest
