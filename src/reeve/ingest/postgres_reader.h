#pragma once

#include <memory>

#include "reeve/ingest/reader.h"
#include "reeve/ingest/source.h"

namespace reeve::ingest {

/// Reads a table or query of a PostgreSQL database, in a transaction that cannot write and sees one
/// state of the data. A table's rows come in the order of its primary key, without one as they lie;
/// a query orders its own. Whole numbers that a double does not hold (ids, mostly) become texts, as
/// does every type that is no number, truth value, date or time.
Result<std::unique_ptr<TableReader>> OpenPostgresReader(Source source, const ReadOptions& options);

}  // namespace reeve::ingest
