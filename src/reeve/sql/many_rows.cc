#include "reeve/sql/many_rows.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

namespace reeve::sql {
namespace {

// Rows of one INSERT, a power of two.
constexpr std::size_t kMostRows = 128;
// PostgreSQL counts them with 16 bits.
constexpr std::size_t kMostPlaceholders = 65'535;
// Keys of one list, a power of two.
constexpr std::size_t kMostKeys = 1024;

// "(?, ?, ?)"
std::string Placeholders(std::size_t count) {
  std::string list = "(?";
  for (std::size_t i = 1; i < count; ++i) list += ", ?";
  return list += ')';
}

std::string InsertText(const RowInsert& insert, std::size_t rows) {
  const std::string row = Placeholders(insert.columns);
  std::string sql(insert.into);
  sql += " VALUES ";
  for (std::size_t i = 0; i < rows; ++i) {
    if (i > 0) sql += ", ";
    sql += row;
  }
  sql += ' ';
  return sql += insert.behind;
}

}  // namespace

Result<std::int64_t> InsertRows(Database& database, const RowInsert& insert,
                                std::span<const Parameter> values) {
  // A row by itself is the cheapest for SQLite, which is asked without a way to anywhere.
  const std::size_t most =
      database.dialect() == Dialect::kSqlite
          ? 1
          : std::clamp<std::size_t>(kMostPlaceholders / insert.columns, 1, kMostRows);
  std::int64_t changed = 0;
  std::string sql;
  for (std::size_t rows = 0; !values.empty();) {
    const std::size_t next = std::bit_floor(std::min(most, values.size() / insert.columns));
    if (std::exchange(rows, next) != next) sql = InsertText(insert, next);
    REEVE_ASSIGN_OR_RETURN(Statement statement,
                           database.PrepareViews(sql, values.first(rows * insert.columns)));
    REEVE_RETURN_IF_ERROR(statement.Step().status());
    changed += database.changes();
    values = values.subspan(rows * insert.columns);
  }
  return changed;
}

Status SelectForKeys(Database& database, const KeyedSelect& select, std::span<const Parameter> keys,
                     const std::function<Status(const Statement&)>& row) {
  while (!keys.empty()) {
    const std::size_t taken = std::min(kMostKeys, keys.size());
    const std::size_t size = std::bit_ceil(taken);
    std::vector<Parameter> parameters = select.first;
    parameters.insert(parameters.end(), keys.begin(),
                      keys.begin() + static_cast<std::ptrdiff_t>(taken));
    // A key that comes again changes nothing.
    parameters.resize(select.first.size() + size, keys[taken - 1]);
    parameters.insert(parameters.end(), select.last.begin(), select.last.end());
    std::string sql(select.select);
    sql += ' ';
    sql += Placeholders(size);
    sql += ' ';
    sql += select.behind;
    REEVE_ASSIGN_OR_RETURN(Statement rows, database.PrepareViews(sql, parameters));
    for (;;) {
      REEVE_ASSIGN_OR_RETURN(const bool more, rows.Step());
      if (!more) break;
      REEVE_RETURN_IF_ERROR(row(rows));
    }
    keys = keys.subspan(taken);
  }
  return Status::Ok();
}

}  // namespace reeve::sql
