#include "reeve/ingest/sqlite_reader.h"

#include <cmath>
#include <utility>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/ingest/source_reader.h"
#include "reeve/ingest/sqlite_database.h"

namespace reeve::ingest {
namespace {

constexpr const char* kLargestExact = "9007199254740992";

struct SqliteColumn {
  std::string sql_name;
  std::string name;
  ColumnType type = ColumnType::kInteger;
  bool is_text = false;
};

class SqliteReader final : public SourceReader {
 public:
  using SourceReader::SourceReader;

  Status Start() {
    REEVE_ASSIGN_OR_RETURN(
        database_, SqliteDatabase::Open(source_.sqlite.path, SqliteDatabase::Access::kRead));
    // One snapshot for the types and the rows.
    REEVE_RETURN_IF_ERROR(database_->Run("BEGIN"));
    REEVE_ASSIGN_OR_RETURN(const std::string relation, Relation());
    REEVE_RETURN_IF_ERROR(FindColumns(relation));
    REEVE_RETURN_IF_ERROR(DecideStorages(relation));
    std::string sql;
    for (const SqliteColumn& column : columns_) {
      sql += (sql.empty() ? "SELECT " : ", ") + SqliteName(column.sql_name);
    }
    REEVE_ASSIGN_OR_RETURN(rows_, database_->Prepare(sql + " FROM " + relation));
    return Status::Ok();
  }

  Result<bool> Next(Table* chunk) override {
    REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
    *chunk = Table();
    for (const SqliteColumn& column : columns_) {
      chunk->Add(column.is_text ? Column::Texts(column.name)
                                : Column::Numbers(column.name, column.type, {}));
    }
    for (std::int64_t row = 0; row < options_.chunk_rows && rows_; ++row) {
      const int code = sqlite3_step(rows_.get());
      if (code == SQLITE_DONE) {
        // Whoever writes to the same file waits for this.
        rows_.reset();
        REEVE_RETURN_IF_ERROR(database_->Run("COMMIT"));
        break;
      }
      if (code != SQLITE_ROW) return database_->Failed();
      ++row_count_;
      REEVE_RETURN_IF_ERROR(AppendRow(*chunk));
    }
    return chunk->rows() > 0;
  }

 private:
  // What is selected from. Rows come in the order of the table, never of an index that happens to
  // hold all columns asked for.
  Result<std::string> Relation() {
    const SqliteUri& uri = source_.sqlite;
    if (!uri.query.empty()) return "(" + uri.query + "\n)";
    REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> columns, database_->ColumnsOf(uri.table));
    if (columns.empty()) {
      REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> tables, database_->Tables());
      return Status::InvalidArgument(uri.path + " has no table " + Quote(uri.table) + "." +
                                     Suggest(uri.table, tables));
    }
    const std::string plain = "main." + SqliteName(uri.table);
    const bool can_order = database_->Prepare("SELECT 1 FROM " + plain + " NOT INDEXED").ok();
    return can_order ? plain + " NOT INDEXED" : plain;
  }

  Status FindColumns(const std::string& relation) {
    REEVE_ASSIGN_OR_RETURN(const SqliteStatement probe,
                           database_->Prepare("SELECT * FROM " + relation + " LIMIT 0"));
    for (int i = 0; i < sqlite3_column_count(probe.get()); ++i) {
      const std::string sql_name = sqlite3_column_name(probe.get(), i);
      const std::string name(Trim(sql_name));
      REEVE_RETURN_IF_ERROR(AddSqlName(name));
      if (IsWanted(name)) columns_.push_back({.sql_name = sql_name, .name = name});
    }
    if (columns_.empty()) {  // rows are still counted
      columns_.push_back({.sql_name = sqlite3_column_name(probe.get(), 0), .name = names_.front()});
    }
    return Status::Ok();
  }

  // One pass over the values' types: SQLite's columns have none that hold.
  Status DecideStorages(const std::string& relation) {
    std::string sql;
    for (const SqliteColumn& column : columns_) {
      const std::string name = SqliteName(column.sql_name);
      sql += (sql.empty() ? "SELECT " : ", ") + ("total(typeof(" + name) +
             ") IN ('text','blob')), total(typeof(" + name + ") = 'real'), total(typeof(" + name +
             ") = 'integer' AND (" + name + " >= " + kLargestExact + " OR " + name + " <= -" +
             kLargestExact + "))";
    }
    REEVE_ASSIGN_OR_RETURN(const SqliteStatement statement,
                           database_->Prepare(sql + " FROM " + relation));
    if (sqlite3_step(statement.get()) != SQLITE_ROW) return database_->Failed();
    int at = 0;
    for (SqliteColumn& column : columns_) {
      const double texts = sqlite3_column_double(statement.get(), at++);
      const double reals = sqlite3_column_double(statement.get(), at++);
      const double wide = sqlite3_column_double(statement.get(), at++);
      // Wide integers are mostly ids, and as doubles they would lose digits.
      column.is_text = texts > 0 || (reals == 0 && wide > 0);
      column.type = reals > 0 ? ColumnType::kReal : ColumnType::kInteger;
    }
    return Status::Ok();
  }

  Status AppendRow(Table& chunk) const {
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const int i = static_cast<int>(k);
      Column& column = chunk.mutable_column(k);
      if (columns_[k].is_text) {
        const auto* const bytes =
            static_cast<const char*>(static_cast<const void*>(sqlite3_column_text(rows_.get(), i)));
        const auto length = static_cast<std::size_t>(sqlite3_column_bytes(rows_.get(), i));
        const std::string_view text =
            bytes == nullptr ? std::string_view() : std::string_view(bytes, length);
        if (!IsUtf8(text)) {
          return Status::InvalidData(source_.sqlite.path + ", row " + std::to_string(row_count_) +
                                     ", column " + Quote(columns_[k].name) +
                                     ": found bytes that are no UTF-8, expected text in UTF-8")
              .WithFix("name the columns that are wanted: sqlite:///" + source_.sqlite.path +
                       "?query=SELECT …");
        }
        column.AppendText(Trim(text));
      } else {
        const bool is_null = sqlite3_column_type(rows_.get(), i) == SQLITE_NULL;
        const double number = sqlite3_column_double(rows_.get(), i);
        const bool usable = !is_null && std::isfinite(number);
        column.mutable_numbers().push_back(usable ? number : kMissingNumber);
      }
    }
    return Status::Ok();
  }

  std::unique_ptr<SqliteDatabase> database_;
  /// The rows still to come; null behind the last.
  SqliteStatement rows_;
  std::int64_t row_count_ = 0;
  std::vector<SqliteColumn> columns_;
};

}  // namespace

Result<std::unique_ptr<TableReader>> OpenSqliteReader(Source source, const ReadOptions& options) {
  return StartReader<SqliteReader>(std::move(source), options);
}

}  // namespace reeve::ingest
