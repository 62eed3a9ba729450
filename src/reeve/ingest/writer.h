#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/table/table.h"

namespace reeve::ingest {

enum class WriteMode {
  /// Adds rows behind those that are there; makes what is not there.
  kAppend,
  /// Refuses what exists.
  kFail,
  /// Puts these rows in place of all that are there.
  kReplace,
};
/// "append", "fail", "replace". Fails with kInvalidArgument naming the nearest.
Result<WriteMode> ParseWriteMode(const std::string& name);

struct OutputColumn {
  std::string name;
  ColumnType type = ColumnType::kText;
};

struct WriteOptions {
  /// Unset: append to tables, fail on files that exist.
  std::optional<WriteMode> mode = std::nullopt;
  /// SQL targets only: rows that were written with the same id before are replaced, in one
  /// transaction.
  std::string batch_id = "";
};

/// Writes tables to a file or an SQL table so that the whole result is there after Commit, and
/// nothing of it without. Not thread-safe.
class TableWriter {
 public:
  virtual ~TableWriter() = default;

  /// `target` is a path ending in .csv .parquet .jsonl .ndjson, "-" (CSV to standard output, not
  /// atomic), sqlite:///file.db?table=T or postgresql://…?table=T. Fails with kInvalidArgument for
  /// other kinds, kAlreadyExists in mode fail, kNotFound for a folder that is not there, kIo.
  static Result<std::unique_ptr<TableWriter>> Open(const std::string& target,
                                                   const std::vector<OutputColumn>& columns,
                                                   const WriteOptions& options);
  /// Checks without writing what Open would refuse: unknown kinds, existing files, absent folders.
  static Status CheckTarget(const std::string& target, const WriteOptions& options);

  /// REQUIRES: the columns of Open, in order.
  virtual Status Append(const Table& rows) = 0;
  virtual Status Commit() = 0;
};

/// True for SQL targets.
bool IsSqlTarget(const std::string& target);

}  // namespace reeve::ingest
