#include "reeve/ingest/postgres_reader.h"

#include <cmath>
#include <utility>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/ingest/postgres_table.h"
#include "reeve/ingest/source_reader.h"
#include "reeve/sql/open.h"

namespace reeve::ingest {
namespace {

using sql::ResultType;

// Large tables are read from where others read them at the moment, and by several workers, unless
// it is said: rows would come in another order each time.
constexpr const char* kBegin =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL synchronize_seqscans = off; "
    "SET LOCAL max_parallel_workers_per_gather = 0";

struct PostgresColumn {
  std::string sql_name;
  std::string name;
  ResultType result_type = ResultType::kOther;
  bool is_text = false;
  /// Of numbers.
  ColumnType type = ColumnType::kReal;
};

ColumnType NumberType(ResultType type) {
  switch (type) {
    case ResultType::kBoolean:
      return ColumnType::kBoolean;
    case ResultType::kInteger:
    case ResultType::kLong:
      return ColumnType::kInteger;
    case ResultType::kTime:
      return ColumnType::kDatetime;
    default:
      return ColumnType::kReal;
  }
}

class PostgresReader final : public SourceReader {
 public:
  using SourceReader::SourceReader;

  Status Start() {
    REEVE_ASSIGN_OR_RETURN(database_, sql::Open(source_.postgres.database, {.create = false}));
    REEVE_RETURN_IF_ERROR(database_->RunScript(kBegin));
    REEVE_ASSIGN_OR_RETURN(const std::string relation, Relation());
    REEVE_RETURN_IF_ERROR(FindColumns(relation));
    REEVE_RETURN_IF_ERROR(FindWideNumbers(relation));
    REEVE_ASSIGN_OR_RETURN(const std::string order, Order());
    std::string sql;
    for (const PostgresColumn& column : columns_) {
      const std::string name = PostgresName(column.sql_name);
      sql += sql.empty() ? "SELECT " : ", ";
      sql += column.result_type == ResultType::kTime ? "extract(epoch FROM " + name + ")" : name;
    }
    REEVE_ASSIGN_OR_RETURN(sql::Statement rows,
                           database_->Prepare(sql + " FROM " + relation + order));
    rows_.emplace(std::move(rows));
    return Status::Ok();
  }

  Result<bool> Next(Table* chunk) override {
    REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
    *chunk = Table();
    for (const PostgresColumn& column : columns_) {
      chunk->Add(column.is_text ? Column::Texts(column.name)
                                : Column::Numbers(column.name, column.type, {}));
    }
    for (std::int64_t row = 0; row < options_.chunk_rows && rows_; ++row) {
      const Result<bool> more = rows_->Step();
      if (!more.ok()) return Context(more.status());
      if (!*more) {
        rows_.reset();
        REEVE_RETURN_IF_ERROR(database_->RunScript("COMMIT"));
        break;
      }
      AppendRow(*chunk);
    }
    return chunk->rows() > 0;
  }

 private:
  Status Context(Status status) const {
    return std::move(status).WithContext(source_.postgres.name);
  }

  // What is selected from.
  Result<std::string> Relation() {
    const PostgresUri& uri = source_.postgres;
    if (!uri.query.empty()) return "(" + uri.query + "\n) AS source";
    const std::string table = PostgresTableName(uri.table);
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> columns,
                           PostgresColumns(*database_, table));
    if (!columns.empty()) return table;
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> tables, PostgresTables(*database_));
    return Status::InvalidArgument("database " + Quote(database_->name(), 400) + " has no table " +
                                   Quote(uri.table) + "." + Suggest(uri.table, tables));
  }

  Status FindColumns(const std::string& relation) {
    const Result<std::vector<sql::ResultColumn>> found =
        database_->Describe("SELECT * FROM " + relation);
    // The connection was just there: what fails is the query.
    if (!found.ok() && found.status().code() == StatusCode::kUnavailable)
      return Status::InvalidArgument(found.status().message());
    REEVE_RETURN_IF_ERROR(found.status());
    for (const sql::ResultColumn& column : *found) {
      const std::string name(Trim(column.name));
      REEVE_RETURN_IF_ERROR(AddSqlName(name));
      // One is read in any case, for rows are counted.
      const bool is_last_hope = columns_.empty() && names_.size() == found->size();
      if (is_last_hope || IsWanted(name)) {
        columns_.push_back({.sql_name = column.name,
                            .name = name,
                            .result_type = column.type,
                            .is_text = column.type == ResultType::kOther,
                            .type = NumberType(column.type)});
      }
    }
    return Status::Ok();
  }

  // One pass over the numbers that may have more digits than a double: wide integers are mostly
  // ids. Decimals that are all whole are integers.
  Status FindWideNumbers(const std::string& relation) {
    std::string sql;
    for (const PostgresColumn& column : columns_) {
      if (!MayBeWide(column)) continue;
      const std::string name = PostgresName(column.sql_name);
      sql += (sql.empty() ? "SELECT " : ", ") + ("bool_or(" + name + " <> trunc(" + name) +
             ")), bool_or(abs(" + name + "::numeric) BETWEEN 9007199254740992 AND 1e400)";
    }
    if (sql.empty()) return Status::Ok();
    REEVE_ASSIGN_OR_RETURN(sql::Statement row, database_->Prepare(sql + " FROM " + relation));
    REEVE_RETURN_IF_ERROR(row.Step().status());
    int at = 0;
    for (PostgresColumn& column : columns_) {
      if (!MayBeWide(column)) continue;
      const bool has_fraction = row.Integer(at++) != 0;
      const bool is_wide = row.Integer(at++) != 0;
      column.is_text = is_wide && !has_fraction;
      column.type = has_fraction ? ColumnType::kReal : ColumnType::kInteger;
    }
    return Status::Ok();
  }

  static bool MayBeWide(const PostgresColumn& column) {
    return column.result_type == ResultType::kLong || column.result_type == ResultType::kDecimal;
  }

  Result<std::string> Order() {
    if (source_.postgres.table.empty()) return std::string();
    REEVE_ASSIGN_OR_RETURN(
        const std::vector<std::string> key,
        PostgresPrimaryKey(*database_, PostgresTableName(source_.postgres.table)));
    std::string order;
    for (const std::string& name : key)
      order += (order.empty() ? " ORDER BY " : ", ") + PostgresName(name);
    return order;
  }

  void AppendRow(Table& chunk) const {
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const int i = static_cast<int>(k);
      Column& column = chunk.mutable_column(k);
      if (columns_[k].is_text) {
        column.AppendText(Trim(rows_->View(i)));
      } else {
        const double number = rows_->Real(i);
        const bool usable = !rows_->IsNull(i) && std::isfinite(number);
        column.mutable_numbers().push_back(usable ? number : kMissingNumber);
      }
    }
  }

  std::unique_ptr<sql::Database> database_;
  /// The rows still to come; nothing behind the last.
  std::optional<sql::Statement> rows_;
  std::vector<PostgresColumn> columns_;
};

}  // namespace

Result<std::unique_ptr<TableReader>> OpenPostgresReader(Source source, const ReadOptions& options) {
  return StartReader<PostgresReader>(std::move(source), options);
}

}  // namespace reeve::ingest
