#include "reeve/ingest/duck.h"

#include <cstdlib>

namespace reeve::ingest {
namespace {

std::string Doubled(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    quoted += c;
    if (c == quote) quoted += c;
  }
  return quoted + quote;
}

Status Failed(const char* message) {
  return Status::Internal(message != nullptr ? message : "DuckDB failed without a message");
}

}  // namespace

std::string SqlText(std::string_view text) { return Doubled(text, '\''); }
std::string SqlName(std::string_view name) { return Doubled(name, '"'); }

std::string SqlPath(const std::string& path) {
  std::string literal = path.starts_with('/') ? "" : "./";
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[') {
      literal += std::string("[") + c + "]";
    } else {
      literal += c;
    }
  }
  return SqlText(literal);
}

Result<std::unique_ptr<Duck>> Duck::Open(const Options& options) {
  std::unique_ptr<Duck> duck(new Duck());
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) == DuckDBError)
    return Failed("DuckDB has no memory for its settings");
  const char* const folder = std::getenv("TMPDIR");
  const std::pair<const char*, std::string> settings[] = {
      {"threads", std::to_string(options.threads)},
      {"memory_limit", "400MB"},
      {"temp_directory", folder != nullptr ? folder : "/tmp"},
      {"preserve_insertion_order", "true"},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
  };
  for (const auto& [name, value] : settings) duckdb_set_config(config, name, value.c_str());
  char* error = nullptr;
  const auto state = duckdb_open_ext(options.path.empty() ? nullptr : options.path.c_str(),
                                     &duck->database_, config, &error);
  duckdb_destroy_config(&config);
  if (state == DuckDBError) {
    Status status = Failed(error);
    duckdb_free(error);
    return status;
  }
  if (duckdb_connect(duck->database_, &duck->connection_) == DuckDBError)
    return Failed("DuckDB gave no connection");
  // Texts made of times with a zone must not depend on where this runs.
  REEVE_RETURN_IF_ERROR(duck->Run("SET TimeZone='UTC'"));
  REEVE_RETURN_IF_ERROR(duck->Run("SET lock_configuration=true"));
  return duck;
}

Duck::~Duck() {
  if (connection_ != nullptr) duckdb_disconnect(&connection_);
  if (database_ != nullptr) duckdb_close(&database_);
}

Status Duck::Run(const std::string& sql) {
  duckdb_result result;
  const auto state = duckdb_query(connection_, sql.c_str(), &result);
  Status status = state == DuckDBError ? Failed(duckdb_result_error(&result)) : Status::Ok();
  duckdb_destroy_result(&result);
  return status;
}

Result<std::unique_ptr<DuckStream>> DuckStream::Open(Duck& duck, const std::string& sql) {
  duckdb_prepared_statement statement = nullptr;
  if (duckdb_prepare(duck.connection(), sql.c_str(), &statement) == DuckDBError) {
    Status status = Failed(duckdb_prepare_error(statement));
    duckdb_destroy_prepare(&statement);
    return status;
  }
  duckdb_pending_result pending = nullptr;
  std::unique_ptr<DuckStream> stream(new DuckStream());
  Status status;
  if (duckdb_pending_prepared_streaming(statement, &pending) == DuckDBError) {
    status = Failed(duckdb_pending_error(pending));
  } else if (duckdb_execute_pending(pending, &stream->result_) == DuckDBError) {
    // With several threads only the pending result knows the cause.
    const char* const cause = duckdb_pending_error(pending);
    status = Failed(cause != nullptr && cause[0] != '\0' ? cause
                                                         : duckdb_result_error(&stream->result_));
  }
  duckdb_destroy_pending(&pending);
  duckdb_destroy_prepare(&statement);
  if (!status.ok()) return status;
  return stream;
}

DuckStream::~DuckStream() { duckdb_destroy_result(&result_); }

idx_t DuckStream::columns() { return duckdb_column_count(&result_); }
std::string DuckStream::ColumnName(idx_t column_idx) {
  return duckdb_column_name(&result_, column_idx);
}
duckdb_type DuckStream::ColumnType(idx_t column_idx) {
  return duckdb_column_type(&result_, column_idx);
}

Result<duckdb_data_chunk> DuckStream::Fetch() {
  duckdb_data_chunk chunk = duckdb_fetch_chunk(result_);
  if (chunk == nullptr) {
    const char* const error = duckdb_result_error(&result_);
    if (error != nullptr && error[0] != '\0') return Failed(error);
  }
  return chunk;
}

}  // namespace reeve::ingest
