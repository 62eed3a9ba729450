#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/sql/result_column.h"
#include "reeve/sql/value.h"

namespace reeve::sql {

enum class Dialect { kSqlite, kPostgres };

/// The hidden column that orders the rows of a table as they were written, for tables that have no
/// time or number of their own. PostgreSQL may put a row into the room that a deleted one left.
constexpr std::string_view WriteOrderColumn(Dialect dialect) {
  return dialect == Dialect::kSqlite ? "rowid" : "ctid";
}

struct DatabaseOptions {
  /// Make the file when it is not there. A server's database has to be there.
  bool create = true;
  /// How long to wait for locks held by others, in milliseconds.
  int busy_ms = 20'000;
  /// SQLite, in a file with a write-ahead log: a commit is safe from the death of this process but
  /// waits for no disk, so that a machine that loses its power may lose the last ones. The file
  /// stays sound either way.
  bool relaxed_sync = false;
};

/// The rows of a statement, read once from the first to the last. What a driver implements.
class Rows {
 public:
  virtual ~Rows() = default;
  /// True while there is a row.
  virtual Result<bool> Step() = 0;
  virtual bool IsNull(int column_idx) const = 0;
  /// Empty for NULL; lives until the next Step.
  virtual std::string_view View(int column_idx) const = 0;
  /// 0 for NULL and for what is no number; 1 and 0 for true and false.
  virtual std::int64_t Integer(int column_idx) const = 0;
  virtual double Real(int column_idx) const = 0;
};

/// A statement that runs, with its parameters bound.
class Statement {
 public:
  explicit Statement(std::unique_ptr<Rows> rows) : rows_(std::move(rows)) {}

  Result<bool> Step() { return rows_->Step(); }
  bool IsNull(int column_idx) const { return rows_->IsNull(column_idx); }
  std::string_view View(int column_idx) const { return rows_->View(column_idx); }
  std::string Text(int column_idx) const { return std::string(rows_->View(column_idx)); }
  /// Nothing for NULL.
  std::optional<std::string> OptionalText(int column_idx) const {
    if (IsNull(column_idx)) return std::nullopt;
    return Text(column_idx);
  }
  std::int64_t Integer(int column_idx) const { return rows_->Integer(column_idx); }
  double Real(int column_idx) const { return rows_->Real(column_idx); }

 private:
  std::unique_ptr<Rows> rows_;
};

/// The values as parameters, which view them.
std::vector<Parameter> ViewsOf(const std::vector<Value>& values);

/// One connection to a database. Not thread-safe; statements end before it does.
///
/// SQL is written once for all drivers: placeholders are "?" or "?1", conflicts are settled by ON
/// CONFLICT, truth values are compared with a placeholder or NOT. A driver keeps the statements it
/// has prepared, by their text.
class Database {
 public:
  virtual ~Database() = default;
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  virtual Dialect dialect() const = 0;
  /// For messages, without a password: the file, or HOST/DATABASE.
  virtual const std::string& name() const = 0;

  /// Values may be texts, integers, truth values, doubles, nullptr and optionals of them.
  template <typename... Values>
  Result<Statement> Prepare(std::string_view sql, const Values&... values) {
    const std::array<Parameter, sizeof...(Values)> parameters = {ToParameter(values)...};
    return Bind(sql, parameters.data(), parameters.size());
  }
  /// The same with values that were collected at run time.
  Result<Statement> PrepareWith(std::string_view sql, const std::vector<Value>& values);
  /// The same with values that others own; their texts live as long as the call.
  Result<Statement> PrepareViews(std::string_view sql, std::span<const Parameter> parameters) {
    return Bind(sql, parameters.data(), parameters.size());
  }

  /// Prepares and runs to the end.
  template <typename... Values>
  Status Run(std::string_view sql, const Values&... values) {
    REEVE_ASSIGN_OR_RETURN(Statement statement, Prepare(sql, values...));
    return statement.Step().status();
  }
  Status RunWith(std::string_view sql, const std::vector<Value>& values);

  virtual Result<bool> HasTable(std::string_view table) = 0;
  /// The columns that a SELECT without parameters would give; it does not run. SQLite's columns
  /// have no types that hold: they are kOther.
  virtual Result<std::vector<ResultColumn>> Describe(const std::string& sql) = 0;
  /// Several statements without parameters.
  virtual Status RunScript(const char* sql) = 0;
  /// Rows that the last statement changed.
  virtual std::int64_t changes() const = 0;

  /// For Transaction.
  virtual Status Begin(std::string_view subject) = 0;
  virtual Status Commit() = 0;
  virtual void Rollback() = 0;

 protected:
  virtual Result<Statement> Bind(std::string_view sql, const Parameter* parameters,
                                 std::size_t count) = 0;

 private:
  static Parameter ToParameter(std::nullptr_t) { return nullptr; }
  static Parameter ToParameter(std::string_view text) { return text; }
  static Parameter ToParameter(double number) { return number; }
  template <std::integral T>
  static Parameter ToParameter(T number) {
    return static_cast<std::int64_t>(number);
  }
  template <typename T>
  static Parameter ToParameter(const std::optional<T>& value) {
    return value ? ToParameter(*value) : Parameter(nullptr);
  }
};

/// From Begin to Commit; rolls back when it is destroyed without. What it reads stays true until it
/// is written: SQLite's takes the right to write at once, PostgreSQL's a lock among the
/// transactions that were begun here, in whichever process.
class Transaction {
 public:
  /// `subject` is the one thing whose rows are read and written: the id of a run, say. Transactions
  /// of different subjects may run side by side; one without a subject runs alone.
  static Result<Transaction> Begin(Database& database, std::string_view subject = {});
  ~Transaction();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Status Commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace reeve::sql
