#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <duckdb.h>

#include "reeve/base/result.h"

namespace reeve::ingest {

/// A DuckDB database with one connection: no network, no extensions, bounded memory. Not
/// thread-safe.
class Duck {
 public:
  struct Options {
    int threads = 1;
    /// A file for data that do not fit in memory; empty: in memory only.
    std::string path = {};
  };
  static Result<std::unique_ptr<Duck>> Open(const Options& options);
  ~Duck();
  Duck(const Duck&) = delete;
  Duck& operator=(const Duck&) = delete;

  /// Runs a statement whose result is not looked at. Failures are kInternal with DuckDB's own first
  /// line.
  Status Run(const std::string& sql);
  duckdb_connection connection() const { return connection_; }

 private:
  Duck() = default;
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

/// A result that is fetched chunk by chunk while the query runs.
class DuckStream {
 public:
  /// The whole message of a failure stays available to the caller: ingest turns it into one of its
  /// own.
  static Result<std::unique_ptr<DuckStream>> Open(Duck& duck, const std::string& sql);
  ~DuckStream();
  DuckStream(const DuckStream&) = delete;
  DuckStream& operator=(const DuckStream&) = delete;

  idx_t columns();
  std::string ColumnName(idx_t column_idx);
  duckdb_type ColumnType(idx_t column_idx);
  /// The next chunk, or null at the end; the caller destroys it. Fails as the query does.
  Result<duckdb_data_chunk> Fetch();

 private:
  DuckStream() = default;
  duckdb_result result_ = {};
};

/// 'text' for SQL; "name" for SQL.
std::string SqlText(std::string_view text);
std::string SqlName(std::string_view name);
/// The SQL text that DuckDB's readers take for exactly this file: nothing in it is a pattern, a
/// home folder or a URL.
std::string SqlPath(const std::string& path);

}  // namespace reeve::ingest
