#include "reeve/sql/insert_rows.h"

#include <algorithm>
#include <bit>
#include <string>

namespace reeve::sql {
namespace {

// More rows win little more; 64 of 8 values are far below what the databases take in a statement.
constexpr std::size_t kMostRows = 64;

std::string StatementFor(const InsertOptions& options, std::size_t rows) {
  std::string row = "(?";
  for (int i = 1; i < options.columns; ++i) row += ",?";
  row += ')';
  std::string sql(options.head);
  sql += " VALUES ";
  for (std::size_t i = 0; i < rows; ++i) sql.append(i > 0 ? "," : "").append(row);
  return sql.append(" ").append(options.tail);
}

}  // namespace

Status InsertRows(Database& database, const InsertOptions& options,
                  const std::vector<Value>& values) {
  const auto columns = static_cast<std::size_t>(options.columns);
  std::size_t done = 0;
  while (done < values.size()) {
    const std::size_t rows = std::min(kMostRows, std::bit_floor((values.size() - done) / columns));
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(done);
    const std::vector<Value> part(begin, begin + static_cast<std::ptrdiff_t>(rows * columns));
    REEVE_RETURN_IF_ERROR(database.RunWith(StatementFor(options, rows), part));
    done += rows * columns;
  }
  return Status::Ok();
}

}  // namespace reeve::sql
