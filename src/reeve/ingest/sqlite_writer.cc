#include "reeve/ingest/sqlite_writer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "reeve/base/text.h"
#include "reeve/ingest/sqlite_database.h"

namespace reeve::ingest {
namespace {

constexpr const char* kBatchColumn = "batch_id";
constexpr const char* kRunColumn = "run_id";
constexpr const char* kStaged = "temp.reeve_staged";

std::string SqlType(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
    case ColumnType::kBoolean:
      return "INTEGER";
    case ColumnType::kReal:
      return "REAL";
    default:
      return "TEXT";
  }
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  // SQLite's names do not differ in case.
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& other) { return ToLower(other) == ToLower(name); });
}

// Rows are staged in a temporary table, which has a file of its own: the target is locked for the
// time of the commit only, so that it can be read from (by the very batch that is being scored)
// meanwhile.
class SqliteWriter final : public TableWriter {
 public:
  SqliteWriter(SqliteUri uri, std::vector<OutputColumn> columns, WriteOptions options)
      : uri_(std::move(uri)), columns_(std::move(columns)), options_(std::move(options)) {}
  ~SqliteWriter() override {
    insert_.reset();
    database_.reset();
    struct stat info;
    // A file that was made only to be opened.
    if (is_new_file_ && ::stat(uri_.path.c_str(), &info) == 0 && info.st_size == 0) {
      ::unlink(uri_.path.c_str());
    }
  }

  Status Start() {
    struct stat info;
    is_new_file_ = ::stat(uri_.path.c_str(), &info) != 0;
    REEVE_ASSIGN_OR_RETURN(database_,
                           SqliteDatabase::Open(uri_.path, SqliteDatabase::Access::kWrite));
    REEVE_RETURN_IF_ERROR(Context(database_->Run("PRAGMA temp_store=FILE")));
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> existing, Existing());
    REEVE_RETURN_IF_ERROR(CheckTable(existing));
    REEVE_RETURN_IF_ERROR(Context(
        database_->Run(std::string("CREATE TABLE ") + kStaged + " (" + Definition() + ")")));
    std::string marks;
    for (std::size_t i = 0; i < columns_.size(); ++i) marks += i == 0 ? "?" : ", ?";
    REEVE_ASSIGN_OR_RETURN(insert_, database_->Prepare(std::string("INSERT INTO ") + kStaged +
                                                       " VALUES (" + marks + ")"));
    return Status::Ok();
  }

  Status Append(const Table& rows) override {
    REEVE_RETURN_IF_ERROR(Context(database_->Run("BEGIN")));
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      int parameter = 1;
      for (const Column& column : rows.columns()) Bind(parameter++, column, row);
      if (sqlite3_step(insert_.get()) != SQLITE_DONE) return Context(database_->Failed());
      sqlite3_reset(insert_.get());
    }
    return Context(database_->Run("COMMIT"));
  }

  Status Commit() override {
    REEVE_RETURN_IF_ERROR(Context(database_->Run("BEGIN IMMEDIATE")));
    // Others may have written since Start looked.
    REEVE_ASSIGN_OR_RETURN(std::vector<std::string> existing, Existing());
    REEVE_RETURN_IF_ERROR(CheckTable(existing));
    REEVE_RETURN_IF_ERROR(Context(existing.empty() ? CreateTable() : PrepareTable(existing)));
    std::string names, values;
    for (const OutputColumn& column : columns_) {
      names += (names.empty() ? "" : ", ") + SqliteName(column.name);
    }
    values = names;
    if (!options_.batch_id.empty()) {
      names += std::string(", ") + kBatchColumn;
      values += ", ?1";
    }
    REEVE_RETURN_IF_ERROR(RunWithBatchId("INSERT INTO " + Target() + " (" + names + ") SELECT " +
                                         values + " FROM " + kStaged + " ORDER BY rowid"));
    return Context(database_->Run("COMMIT"));
  }

 private:
  std::string Target() const { return "main." + SqliteName(uri_.table); }

  Status Context(Status status) const {
    if (status.ok()) return status;
    return std::move(status).WithContext("table " + Quote(uri_.table) + " cannot be written");
  }

  std::string Definition() const {
    std::string definition;
    for (const OutputColumn& column : columns_) {
      definition +=
          (definition.empty() ? "" : ", ") + (SqliteName(column.name) + " " + SqlType(column.type));
    }
    return definition;
  }

  Result<std::vector<std::string>> Existing() {
    Result<std::vector<std::string>> existing = database_->ColumnsOf(uri_.table);
    if (!existing.ok()) return Context(existing.status());
    return existing;
  }

  Status CheckTable(const std::vector<std::string>& existing) const {
    if (existing.empty()) return Status::Ok();
    const std::string table = "table " + Quote(uri_.table) + " of " + uri_.path;
    if (options_.mode == WriteMode::kFail) {
      return Status::AlreadyExists(table + " exists, expected a new one in mode fail")
          .WithFix("--mode append adds rows, --mode replace puts them in place of the old ones");
    }
    for (const OutputColumn& column : columns_) {
      // Written by other commands, perhaps without.
      if (column.name == kRunColumn || Contains(existing, column.name)) continue;
      return Status::InvalidArgument(table + " has no column " + Quote(column.name) +
                                     ", expected the columns that are written")
          .WithFix("name another table, or add the column to this one");
    }
    return Status::Ok();
  }

  Status CreateTable() {
    const std::string batch =
        options_.batch_id.empty() ? "" : std::string(", ") + kBatchColumn + " TEXT";
    return database_->Run("CREATE TABLE " + Target() + " (" + Definition() + batch + ")");
  }

  // Adds what may be lacking, removes what is replaced.
  Status PrepareTable(const std::vector<std::string>& existing) {
    std::vector<std::string> lacking;
    for (const OutputColumn& column : columns_) {
      if (!Contains(existing, column.name)) lacking.push_back(column.name);
    }
    if (!options_.batch_id.empty() && !Contains(existing, kBatchColumn)) {
      lacking.emplace_back(kBatchColumn);
    }
    for (const std::string& name : lacking) {
      REEVE_RETURN_IF_ERROR(
          database_->Run("ALTER TABLE " + Target() + " ADD COLUMN " + SqliteName(name) + " TEXT"));
    }
    if (options_.mode == WriteMode::kReplace) return database_->Run("DELETE FROM " + Target());
    if (options_.batch_id.empty()) return Status::Ok();
    return RunWithBatchId("DELETE FROM " + Target() + " WHERE " + kBatchColumn + " = ?1");
  }

  Status RunWithBatchId(const std::string& sql) {
    Result<SqliteStatement> statement = database_->Prepare(sql);
    if (!statement.ok()) return Context(statement.status());
    if (!options_.batch_id.empty()) BindText(statement->get(), 1, options_.batch_id);
    if (sqlite3_step(statement->get()) != SQLITE_DONE) return Context(database_->Failed());
    return Status::Ok();
  }

  static void BindText(sqlite3_stmt* statement, int parameter, std::string_view text) {
    sqlite3_bind_text64(statement, parameter, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
  }

  void Bind(int parameter, const Column& column, std::int64_t row) {
    sqlite3_stmt* const insert = insert_.get();
    if (column.IsMissing(row)) {
      sqlite3_bind_null(insert, parameter);
      return;
    }
    if (column.storage() == Column::Storage::kTexts) {
      BindText(insert, parameter, column.text(row));
      return;
    }
    if (column.storage() == Column::Storage::kCodes || column.type() == ColumnType::kDatetime) {
      BindText(insert, parameter, column.ToText(row));
      return;
    }
    constexpr double kLargestExact = 9007199254740992.0;
    const double number = column.numbers()[static_cast<std::size_t>(row)];
    if (column.type() == ColumnType::kReal || std::abs(number) > kLargestExact) {
      sqlite3_bind_double(insert, parameter, number);
    } else {
      sqlite3_bind_int64(insert, parameter, static_cast<sqlite3_int64>(number));
    }
  }

  SqliteUri uri_;
  std::vector<OutputColumn> columns_;
  WriteOptions options_;
  std::unique_ptr<SqliteDatabase> database_;
  /// Adds a row to the staged ones.
  SqliteStatement insert_;
  bool is_new_file_ = false;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> OpenSqliteWriter(const SqliteUri& uri,
                                                      const std::vector<OutputColumn>& columns,
                                                      const WriteOptions& options) {
  auto writer = std::make_unique<SqliteWriter>(uri, columns, options);
  REEVE_RETURN_IF_ERROR(writer->Start());
  return std::unique_ptr<TableWriter>(std::move(writer));
}

}  // namespace reeve::ingest
