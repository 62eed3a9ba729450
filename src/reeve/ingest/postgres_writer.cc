#include "reeve/ingest/postgres_writer.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "reeve/base/text.h"
#include "reeve/ingest/postgres_table.h"
#include "reeve/sql/many_rows.h"
#include "reeve/sql/open.h"

namespace reeve::ingest {
namespace {

constexpr const char* kBatchColumn = "batch_id";
constexpr const char* kRunColumn = "run_id";
constexpr const char* kStaged = "pg_temp.reeve_staged";

std::string SqlType(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return "bigint";
    case ColumnType::kBoolean:
      return "boolean";
    case ColumnType::kReal:
      return "double precision";
    case ColumnType::kDatetime:
      return "timestamp";
    default:
      return "text";
  }
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class PostgresWriter final : public TableWriter {
 public:
  PostgresWriter(PostgresUri uri, std::vector<OutputColumn> columns, WriteOptions options)
      : uri_(std::move(uri)),
        target_(PostgresTableName(uri_.table)),
        columns_(std::move(columns)),
        options_(std::move(options)) {
    // Rows of the batch carry its id from the beginning.
    if (!options_.batch_id.empty()) columns_.push_back({kBatchColumn, ColumnType::kText});
    for (const OutputColumn& column : columns_)
      names_ += (names_.empty() ? "" : ", ") + PostgresName(column.name);
  }

  Status Start() {
    REEVE_ASSIGN_OR_RETURN(database_, sql::Open(uri_.database, {.create = false}));
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> existing, Existing());
    REEVE_RETURN_IF_ERROR(CheckTable(existing));
    return Context(database_->RunScript(StagedTable(existing).c_str()));
  }

  Status Append(const Table& rows) override {
    // What stands in no column as it is written: dates and categories.
    std::deque<std::string> texts;
    std::vector<sql::Parameter> values;
    values.reserve(static_cast<std::size_t>(rows.rows()) * columns_.size());
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      for (const Column& column : rows.columns()) values.push_back(Value(column, row, texts));
      if (!options_.batch_id.empty()) values.emplace_back(options_.batch_id);
    }
    const std::string into = std::string("INSERT INTO ") + kStaged + " (" + names_ + ")";
    return Context(sql::InsertRows(*database_,
                                   {.into = into, .columns = columns_.size(), .behind = {}}, values)
                       .status());
  }

  Status Commit() override {
    REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction,
                           sql::Transaction::Begin(*database_, target_));
    // Others may have written since Start looked.
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> existing, Existing());
    REEVE_RETURN_IF_ERROR(CheckTable(existing));
    REEVE_RETURN_IF_ERROR(Context(existing.empty() ? CreateTable() : PrepareTable(existing)));
    REEVE_RETURN_IF_ERROR(
        Context(database_->Run("INSERT INTO " + target_ + " (" + names_ + ") SELECT " + names_ +
                               " FROM " + kStaged + " ORDER BY ctid")));
    return Context(transaction.Commit());
  }

 private:
  Status Context(Status status) const {
    if (status.ok()) return status;
    return std::move(status).WithContext("table " + Quote(uri_.table) + " cannot be written");
  }

  Result<std::vector<std::string>> Existing() {
    Result<std::vector<std::string>> existing = PostgresColumns(*database_, target_);
    if (!existing.ok()) return Context(existing.status());
    return existing;
  }

  Status CheckTable(const std::vector<std::string>& existing) const {
    if (existing.empty()) return Status::Ok();
    const std::string table = "table " + Quote(uri_.table) + " of " + database_->name();
    if (options_.mode == WriteMode::kFail) {
      return Status::AlreadyExists(table + " exists, expected a new one in mode fail")
          .WithFix("--mode append adds rows, --mode replace puts them in place of the old ones");
    }
    for (const OutputColumn& column : columns_) {
      if (Contains(existing, column.name) || MayBeAdded(column)) continue;
      return Status::InvalidArgument(table + " has no column " + Quote(column.name) +
                                     ", expected the columns that are written")
          .WithFix("name another table, or add the column to this one");
    }
    return Status::Ok();
  }

  // Written by other commands, perhaps without.
  static bool MayBeAdded(const OutputColumn& column) {
    return column.name == kRunColumn || column.name == kBatchColumn;
  }

  std::string Definition() const {
    std::string definition;
    for (const OutputColumn& column : columns_) {
      definition += (definition.empty() ? "" : ", ") +
                    (PostgresName(column.name) + " " + SqlType(column.type));
    }
    return definition;
  }

  // With the types of the target, so that a value it cannot hold fails where it stands.
  std::string StagedTable(const std::vector<std::string>& existing) const {
    if (existing.empty()) return "CREATE TEMPORARY TABLE reeve_staged (" + Definition() + ")";
    std::string selected, added;
    for (const OutputColumn& column : columns_) {
      const std::string name = PostgresName(column.name);
      if (Contains(existing, column.name)) {
        selected += (selected.empty() ? "" : ", ") + name;
      } else {
        added += std::string("; ALTER TABLE ") + kStaged + " ADD COLUMN " + name + " text";
      }
    }
    return "CREATE TEMPORARY TABLE reeve_staged AS SELECT " + selected + " FROM " + target_ +
           " WITH NO DATA" + added;
  }

  Status CreateTable() {
    return database_->Run("CREATE TABLE " + target_ + " (" + Definition() + ")");
  }

  // Adds what may be lacking, removes what is replaced.
  Status PrepareTable(const std::vector<std::string>& existing) {
    for (const OutputColumn& column : columns_) {
      if (Contains(existing, column.name)) continue;
      REEVE_RETURN_IF_ERROR(database_->Run("ALTER TABLE " + target_ + " ADD COLUMN " +
                                           PostgresName(column.name) + " text"));
    }
    if (options_.mode == WriteMode::kReplace) return database_->Run("DELETE FROM " + target_);
    if (options_.batch_id.empty()) return Status::Ok();
    return database_->Run("DELETE FROM " + target_ + " WHERE " + kBatchColumn + " = ?",
                          options_.batch_id);
  }

  static sql::Parameter Value(const Column& column, std::int64_t row,
                              std::deque<std::string>& texts) {
    if (column.IsMissing(row)) return nullptr;
    if (column.storage() == Column::Storage::kTexts) return std::string_view(column.text(row));
    if (column.storage() == Column::Storage::kCodes || column.type() == ColumnType::kDatetime)
      return std::string_view(texts.emplace_back(column.ToText(row)));
    constexpr double kLargestExact = 9007199254740992.0;
    const double number = column.numbers()[static_cast<std::size_t>(row)];
    if (column.type() == ColumnType::kReal || std::abs(number) > kLargestExact) return number;
    return static_cast<std::int64_t>(number);
  }

  PostgresUri uri_;
  /// For SQL.
  std::string target_, names_;
  std::vector<OutputColumn> columns_;
  WriteOptions options_;
  std::unique_ptr<sql::Database> database_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> OpenPostgresWriter(const PostgresUri& uri,
                                                        const std::vector<OutputColumn>& columns,
                                                        const WriteOptions& options) {
  auto writer = std::make_unique<PostgresWriter>(uri, columns, options);
  REEVE_RETURN_IF_ERROR(writer->Start());
  return std::unique_ptr<TableWriter>(std::move(writer));
}

}  // namespace reeve::ingest
