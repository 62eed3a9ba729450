#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

#include "reeve/base/result.h"

namespace reeve::ingest {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using SqliteStatement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// A connection to an SQLite file that waits up to 20 s for other processes' locks. Closing it
/// rolls an open transaction back. Not thread-safe.
class SqliteDatabase {
 public:
  enum class Access { kRead, kWrite };

  /// With kWrite the file is made when it is not there.
  static Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path, Access access);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  Status Run(const std::string& sql);
  Result<SqliteStatement> Prepare(const std::string& sql);
  /// The last failure: kInvalidArgument for wrong SQL, kInvalidData for a file that is no database,
  /// kUnavailable for locks, else kIo.
  Status Failed() const;
  /// Names of a table's or view's columns; none when there is no such table.
  Result<std::vector<std::string>> ColumnsOf(const std::string& table);
  /// Names of tables and views.
  Result<std::vector<std::string>> Tables();

 private:
  explicit SqliteDatabase(std::string path) : path_(std::move(path)) {}

  std::string path_;
  sqlite3* database_ = nullptr;
};

/// "name" for SQL.
std::string SqliteName(std::string_view name);

}  // namespace reeve::ingest
