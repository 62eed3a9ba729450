#include "reeve/ingest/reader.h"

#include "reeve/ingest/csv_reader.h"
#include "reeve/ingest/duck_reader.h"
#include "reeve/ingest/postgres_reader.h"
#include "reeve/ingest/source.h"
#include "reeve/ingest/sqlite_reader.h"

namespace reeve::ingest {

Result<std::unique_ptr<TableReader>> TableReader::Open(const std::string& source,
                                                       const ReadOptions& options) {
  REEVE_ASSIGN_OR_RETURN(Source resolved, ResolveSource(source));
  if (resolved.format == Format::kSqlite) return OpenSqliteReader(std::move(resolved), options);
  if (resolved.format == Format::kPostgres) return OpenPostgresReader(std::move(resolved), options);
  if (resolved.format == Format::kCsv) return OpenCsvReader(std::move(resolved), options);
  return OpenDuckReader(std::move(resolved), options);
}

}  // namespace reeve::ingest
