#include "reeve/ingest/sqlite_writer.h"

#include <algorithm>

#include <sqlite3.h>

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

constexpr int kBusyMs = 20'000;
constexpr const char* kBatchColumn = "batch_id";

std::string Name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

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

class SqliteWriter final : public TableWriter {
 public:
  SqliteWriter(SqliteUri uri, std::vector<OutputColumn> columns, WriteOptions options)
      : uri_(std::move(uri)), columns_(std::move(columns)), options_(std::move(options)) {
    if (!options_.batch_id.empty()) columns_.push_back({kBatchColumn, ColumnType::kText});
  }
  ~SqliteWriter() override {
    sqlite3_finalize(insert_);
    // Without a commit, closing rolls everything back.
    sqlite3_close(database_);
  }

  Status Start() {
    if (sqlite3_open_v2(uri_.path.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        nullptr) != SQLITE_OK)
      return Failed();
    sqlite3_busy_timeout(database_, kBusyMs);
    REEVE_RETURN_IF_ERROR(Run("BEGIN IMMEDIATE"));
    REEVE_RETURN_IF_ERROR(PrepareTable());
    if (!options_.batch_id.empty()) REEVE_RETURN_IF_ERROR(RemoveBatch());
    std::string names, marks;
    for (const OutputColumn& column : columns_) {
      names += (names.empty() ? "" : ", ") + Name(column.name);
      marks += marks.empty() ? "?" : ", ?";
    }
    return Prepare("INSERT INTO " + Name(uri_.table) + " (" + names + ") VALUES (" + marks + ")",
                   &insert_);
  }

  Status Append(const Table& rows) override {
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      int parameter = 1;
      for (const Column& column : rows.columns()) Bind(parameter++, column, row);
      if (!options_.batch_id.empty()) {
        sqlite3_bind_text(insert_, parameter, options_.batch_id.data(),
                          static_cast<int>(options_.batch_id.size()), SQLITE_STATIC);
      }
      if (sqlite3_step(insert_) != SQLITE_DONE) return Failed();
      sqlite3_reset(insert_);
    }
    return Status::Ok();
  }

  Status Commit() override { return Run("COMMIT"); }

 private:
  Status Failed() const {
    const std::string message = uri_.path + ", table " + Quote(uri_.table) + ": " +
                                (database_ != nullptr ? sqlite3_errmsg(database_) : "no memory");
    switch (database_ != nullptr ? sqlite3_errcode(database_) : SQLITE_NOMEM) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return Status::Unavailable(message + "; another process holds it")
            .WithFix("run it again when that is done");
      case SQLITE_ERROR:
        return Status::InvalidArgument(message);
      default:
        return Status::Io(message);
    }
  }

  Status Run(const std::string& sql) {
    return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK
               ? Status::Ok()
               : Failed();
  }
  Status Prepare(const std::string& sql, sqlite3_stmt** statement) {
    return sqlite3_prepare_v2(database_, sql.c_str(), -1, statement, nullptr) == SQLITE_OK
               ? Status::Ok()
               : Failed();
  }

  // Names of the table's columns; none when there is no such table.
  Result<std::vector<std::string>> Existing() {
    sqlite3_stmt* statement = nullptr;
    REEVE_RETURN_IF_ERROR(Prepare("PRAGMA table_info(" + Name(uri_.table) + ")", &statement));
    std::vector<std::string> names;
    while (sqlite3_step(statement) == SQLITE_ROW)
      names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 1)));
    sqlite3_finalize(statement);
    return names;
  }

  Status PrepareTable() {
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> existing, Existing());
    if (existing.empty()) {
      std::string definition;
      for (const OutputColumn& column : columns_) {
        definition +=
            (definition.empty() ? "" : ", ") + (Name(column.name) + " " + SqlType(column.type));
      }
      return Run("CREATE TABLE " + Name(uri_.table) + " (" + definition + ")");
    }
    const WriteMode mode = options_.mode.value_or(WriteMode::kAppend);
    if (mode == WriteMode::kFail) {
      return Status::AlreadyExists("table " + Quote(uri_.table) + " of " + uri_.path +
                                   " exists, expected a new one in mode fail")
          .WithFix("--mode append adds rows, --mode replace puts them in place of the old ones");
    }
    for (const OutputColumn& column : columns_) {
      if (std::find(existing.begin(), existing.end(), column.name) != existing.end()) continue;
      // These two may have been left out of earlier batches.
      if (column.name != kBatchColumn && column.name != "run_id") {
        return Status::InvalidArgument("table " + Quote(uri_.table) + " of " + uri_.path +
                                       " has no column " + Quote(column.name) +
                                       ", expected the columns that are written");
      }
      REEVE_RETURN_IF_ERROR(
          Run("ALTER TABLE " + Name(uri_.table) + " ADD COLUMN " + Name(column.name) + " TEXT"));
    }
    return mode == WriteMode::kReplace ? Run("DELETE FROM " + Name(uri_.table)) : Status::Ok();
  }

  Status RemoveBatch() {
    sqlite3_stmt* statement = nullptr;
    REEVE_RETURN_IF_ERROR(
        Prepare("DELETE FROM " + Name(uri_.table) + " WHERE " + kBatchColumn + " = ?", &statement));
    sqlite3_bind_text(statement, 1, options_.batch_id.data(),
                      static_cast<int>(options_.batch_id.size()), SQLITE_STATIC);
    const int code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? Status::Ok() : Failed();
  }

  void Bind(int parameter, const Column& column, std::int64_t row) {
    if (column.IsMissing(row)) {
      sqlite3_bind_null(insert_, parameter);
      return;
    }
    const bool is_number =
        column.storage() == Column::Storage::kNumbers && column.type() != ColumnType::kDatetime;
    if (!is_number) {
      const std::string text = column.ToText(row);
      sqlite3_bind_text(insert_, parameter, text.data(), static_cast<int>(text.size()),
                        SQLITE_TRANSIENT);
      return;
    }
    const double number = column.numbers()[static_cast<std::size_t>(row)];
    if (column.type() == ColumnType::kReal) {
      sqlite3_bind_double(insert_, parameter, number);
    } else {
      sqlite3_bind_int64(insert_, parameter, static_cast<sqlite3_int64>(number));
    }
  }

  SqliteUri uri_;
  std::vector<OutputColumn> columns_;
  WriteOptions options_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
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
