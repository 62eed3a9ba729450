#include "reeve/ingest/sqlite_reader.h"

#include <algorithm>
#include <cmath>

#include <sqlite3.h>

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

constexpr std::int64_t kChunkRows = 65'536;
constexpr int kBusyMs = 20'000;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

std::string QuotedName(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

class SqliteReader final : public TableReader {
 public:
  SqliteReader(Source source, const ReadOptions& options)
      : source_(std::move(source)), options_(options) {}

  Status Start() {
    sqlite3* database = nullptr;
    const int code =
        sqlite3_open_v2(source_.sqlite.path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
    database_.reset(database);
    if (code != SQLITE_OK) return Failed();
    sqlite3_busy_timeout(database, kBusyMs);
    const std::string relation = source_.sqlite.query.empty() ? QuotedName(source_.sqlite.table)
                                                              : "(" + source_.sqlite.query + ")";
    REEVE_ASSIGN_OR_RETURN(const Statement probe,
                           Prepare("SELECT * FROM " + relation + " LIMIT 0"));
    for (int i = 0; i < sqlite3_column_count(probe.get()); ++i)
      names_.emplace_back(Trim(sqlite3_column_name(probe.get(), i)));
    REEVE_RETURN_IF_ERROR(DecideStorages(relation));
    std::string columns;
    for (const std::size_t i : wanted_)
      columns += (columns.empty() ? "" : ", ") +
                 QuotedName(sqlite3_column_name(probe.get(), static_cast<int>(i)));
    REEVE_ASSIGN_OR_RETURN(
        rows_, Prepare("SELECT " + (columns.empty() ? "1" : columns) + " FROM " + relation));
    return Status::Ok();
  }

  const std::vector<std::string>& column_names() const override { return names_; }
  const std::vector<std::string>& files() const override { return source_.files; }
  const std::string& format() const override { return format_; }
  const std::vector<BadRow>& bad_rows() const override { return bad_rows_; }

  Result<bool> Next(Table* chunk) override {
    *chunk = Table();
    for (const std::size_t i : wanted_) {
      chunk->Add(is_text_[i] ? Column::Texts(names_[i])
                             : Column::Numbers(names_[i], types_[i], {}));
    }
    for (std::int64_t row = 0; row < kChunkRows && !done_; ++row) {
      const int code = sqlite3_step(rows_.get());
      if (code == SQLITE_DONE) {
        done_ = true;
        break;
      }
      if (code != SQLITE_ROW) return Failed();
      AppendRow(*chunk);
    }
    REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
    return chunk->rows() > 0;
  }

 private:
  Status Failed() const {
    const std::string message = source_.sqlite.path + ": " +
                                (database_ ? sqlite3_errmsg(database_.get()) : "cannot be opened");
    const int code = database_ ? sqlite3_errcode(database_.get()) : SQLITE_ERROR;
    if (code == SQLITE_ERROR)
      return Status::InvalidArgument(message);  // no such table, wrong query
    return code == SQLITE_NOTADB || code == SQLITE_CORRUPT
               ? Status::InvalidData(message + ", expected an SQLite database")
               : Status::Unavailable(message);
  }

  Result<Statement> Prepare(const std::string& sql) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      return Failed();
    return Statement(statement);
  }

  // One pass over the values' types.
  Status DecideStorages(const std::string& relation) {
    std::string sql;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool skip = options_.only_columns &&
                        std::find(options_.only_columns->begin(), options_.only_columns->end(),
                                  names_[i]) == options_.only_columns->end();
      if (!skip) wanted_.push_back(i);
    }
    is_text_.resize(names_.size());
    types_.resize(names_.size(), ColumnType::kReal);
    if (wanted_.empty()) return Status::Ok();
    for (const std::size_t i : wanted_) {
      const std::string name = QuotedName(names_[i]);
      sql += (sql.empty() ? "SELECT " : ", ") +
             ("total(typeof(" + name + ") IN ('text','blob')), total(typeof(" + name +
              ") = 'real'), total(abs(" + name + ") > 9007199254740992)");
    }
    REEVE_ASSIGN_OR_RETURN(const Statement statement, Prepare(sql + " FROM " + relation));
    if (sqlite3_step(statement.get()) != SQLITE_ROW) return Failed();
    for (std::size_t k = 0; k < wanted_.size(); ++k) {
      const auto count = [&](int j) {
        return sqlite3_column_double(statement.get(), static_cast<int>(3 * k) + j);
      };
      is_text_[wanted_[k]] = count(0) > 0 || (count(1) == 0 && count(2) > 0);
      types_[wanted_[k]] = count(1) > 0 ? ColumnType::kReal : ColumnType::kInteger;
    }
    return Status::Ok();
  }

  void AppendRow(Table& chunk) const {
    for (std::size_t k = 0; k < wanted_.size(); ++k) {
      const int i = static_cast<int>(k);
      Column& column = chunk.mutable_column(k);
      const bool is_null = sqlite3_column_type(rows_.get(), i) == SQLITE_NULL;
      if (is_text_[wanted_[k]]) {
        const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(rows_.get(), i));
        column.AppendText(
            text == nullptr
                ? std::string_view()
                : Trim({text, static_cast<std::size_t>(sqlite3_column_bytes(rows_.get(), i))}));
      } else {
        const double number = sqlite3_column_double(rows_.get(), i);
        column.mutable_numbers().push_back(is_null || !std::isfinite(number) ? kMissingNumber
                                                                             : number);
      }
    }
  }

  Source source_;
  ReadOptions options_;
  std::string format_ = "sqlite";
  std::unique_ptr<sqlite3, CloseDatabase> database_;
  Statement rows_;
  bool done_ = false;
  std::vector<std::string> names_;
  std::vector<std::size_t> wanted_;
  std::vector<bool> is_text_;
  std::vector<ColumnType> types_;
  std::vector<BadRow> bad_rows_;
};

}  // namespace

Result<std::unique_ptr<TableReader>> OpenSqliteReader(Source source, const ReadOptions& options) {
  auto reader = std::make_unique<SqliteReader>(std::move(source), options);
  REEVE_RETURN_IF_ERROR(reader->Start());
  return std::unique_ptr<TableReader>(std::move(reader));
}

}  // namespace reeve::ingest
