#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/table/table.h"

namespace reeve::ingest {

/// Rows of a source that may be left out as they are malformed or break a contract: so many, or
/// such a share of all.
struct BadRowLimit {
  std::int64_t rows = 0;
  double share = 0;

  bool allows_any() const { return rows > 0 || share > 0; }
  bool Allows(std::int64_t bad, std::int64_t of_rows) const {
    return bad <= rows || static_cast<double>(bad) <= share * static_cast<double>(of_rows);
  }
};

struct ReadOptions {
  /// Only these columns, in the order of the source; names it does not have are passed over. Unset:
  /// all.
  std::optional<std::vector<std::string>> only_columns = std::nullopt;
  BadRowLimit skip_bad_rows = {};
  /// Never changes the result.
  int threads = 1;
  /// Rows in a chunk, save for the last; Parquet and JSON lines may give up to 2,047 more.
  std::int64_t chunk_rows = 65'536;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// A malformed row that was left out.
struct BadRow {
  std::string file;
  std::int64_t line = 0;
  std::string reason;
};

/// Streams a source as raw tables: no more is in memory than a chunk and DuckDB's own buffers.
///
/// Columns of CSV hold trimmed texts, the empty one being missing. Typed sources (Parquet, JSON
/// lines, SQL) give numbers, booleans (1/0) and times (seconds since 1970) where every value is
/// one, and texts for the rest. Rows come in the order of the source, files of a glob in the order
/// of their names. A column's storage is the same in every chunk. Not thread-safe.
class TableReader {
 public:
  virtual ~TableReader() = default;

  /// `source` is a path or glob of .csv .tsv .parquet .jsonl .ndjson (also .gz .zst), "-" for
  /// standard input, sqlite:///file.db?table=T or postgresql://…?table=T (or query=…). Fails with
  /// kNotFound or kIo for what cannot be opened, kInvalidArgument for unknown kinds, kInvalidData
  /// (file, line, what was found, what was expected) for what is malformed.
  static Result<std::unique_ptr<TableReader>> Open(const std::string& source,
                                                   const ReadOptions& options);

  /// Every column of the source, whether it is read or not.
  virtual const std::vector<std::string>& column_names() const = 0;
  /// Replaces `chunk` by the next rows; false at the end.
  virtual Result<bool> Next(Table* chunk) = 0;
  virtual const std::vector<std::string>& files() const = 0;
  /// "csv", "parquet", "jsonl", "sqlite", "postgresql".
  virtual const std::string& format() const = 0;
  /// Rows left out so far; complete after the last chunk.
  virtual const std::vector<BadRow>& bad_rows() const = 0;
};

}  // namespace reeve::ingest
