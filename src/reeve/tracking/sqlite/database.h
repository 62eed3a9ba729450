#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "reeve/base/result.h"

namespace reeve::tracking {

class Database;

struct DatabaseOptions {
  /// Make the file when it is not there.
  bool create = true;
  /// How long to wait for locks held by others, in milliseconds.
  int busy_ms = 20'000;
};

/// A prepared statement with its parameters bound. Rows are stepped through once.
class Statement {
 public:
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(Statement&& other) noexcept
      : database_(other.database_), handle_(std::exchange(other.handle_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;

  /// True while there is a row.
  Result<bool> Step();
  std::string Text(int column_idx) const;
  std::int64_t Integer(int column_idx) const { return sqlite3_column_int64(handle_, column_idx); }
  double Real(int column_idx) const { return sqlite3_column_double(handle_, column_idx); }

 private:
  friend class Database;
  Statement(Database* database, sqlite3_stmt* handle) : database_(database), handle_(handle) {}

  void Bind(int i, std::string_view text) {
    // An empty view may point nowhere, which SQLite would take for NULL.
    const char* const bytes = text.data() == nullptr ? "" : text.data();
    sqlite3_bind_text(handle_, i, bytes, static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }
  void Bind(int i, double number) { sqlite3_bind_double(handle_, i, number); }
  template <typename T>
    requires std::is_integral_v<T>
  void Bind(int i, T number) {
    sqlite3_bind_int64(handle_, i, static_cast<sqlite3_int64>(number));
  }

  Database* database_;
  sqlite3_stmt* handle_;
};

/// One connection to an SQLite file. Not thread-safe.
class Database {
 public:
  /// Opens for reading and writing.
  static Result<std::unique_ptr<Database>> Open(const std::string& path,
                                                const DatabaseOptions& options);
  ~Database() { sqlite3_close_v2(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  template <typename... Values>
  Result<Statement> Prepare(const char* sql, const Values&... values) {
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v2(handle_, sql, -1, &handle, nullptr) != SQLITE_OK) return Failure();
    Statement statement(this, handle);
    int i = 0;
    (statement.Bind(++i, values), ...);
    return statement;
  }
  /// Prepares and runs to the end.
  template <typename... Values>
  Status Run(const char* sql, const Values&... values) {
    REEVE_ASSIGN_OR_RETURN(Statement statement, Prepare(sql, values...));
    return statement.Step().status();
  }
  Result<bool> HasTable(std::string_view name);
  /// Several statements without parameters.
  Status RunScript(const char* sql);
  /// Rows that the last statement changed.
  int changes() const { return sqlite3_changes(handle_); }

  /// The last failure as a status that names the file.
  Status Failure() const;

 private:
  explicit Database(std::string path) : path_(std::move(path)) {}
  std::string path_;
  sqlite3* handle_ = nullptr;
};

/// BEGIN IMMEDIATE … COMMIT; rolls back when it is destroyed without Commit.
class Transaction {
 public:
  static Result<Transaction> Begin(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Status Commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace reeve::tracking
