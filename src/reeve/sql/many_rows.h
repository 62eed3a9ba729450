#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"

// Statements about many rows. They are put together in few sizes, so that connections find them
// prepared, and stay below the number of placeholders that databases take.

namespace reeve::sql {

struct RowInsert {
  /// "INSERT INTO params (key, value, run_uuid)"
  std::string_view into;
  /// How many columns that names.
  std::size_t columns = 0;
  /// What stands behind the rows: "ON CONFLICT DO NOTHING".
  std::string_view behind;
};

/// Inserts rows, given one after the other in `values`; how many were written or changed.
/// A bounded number of statements for a thousand rows.
Result<std::int64_t> InsertRows(Database& database, const RowInsert& insert,
                                std::span<const Parameter> values);

struct KeyedSelect {
  /// Up to the list: "SELECT … FROM params WHERE run_uuid IN".
  std::string_view select;
  /// Behind the list: "AND key = ?"; may be empty.
  std::string_view behind = {};
  /// Values for placeholders before and behind the list.
  std::vector<Parameter> first = {};
  std::vector<Parameter> last = {};
};

/// Reads what belongs to any of `keys`, a thousand of them in a statement, and hands on each row. A
/// failure of `row` ends it. Keys may come in any order; an order of rows holds within a statement.
Status SelectForKeys(Database& database, const KeyedSelect& select, std::span<const Parameter> keys,
                     const std::function<Status(const Statement&)>& row);

}  // namespace reeve::sql
