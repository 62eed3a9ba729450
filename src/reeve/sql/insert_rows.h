#pragma once

#include <string_view>
#include <vector>

#include "reeve/sql/database.h"

namespace reeve::sql {

struct InsertOptions {
  /// "INSERT INTO t (a, b)".
  std::string_view head;
  /// How many values a row has.
  int columns = 1;
  /// "ON CONFLICT …"; may be empty. PostgreSQL refuses to update one row twice: keys of rows that
  /// are updated must differ.
  std::string_view tail = "";
};

/// Inserts rows whose values stand one behind the other, by few statements with many rows each: a
/// server is asked some times instead of once for every row. Sizes are powers of two, so that the
/// statements are few different ones, which are prepared. Not a transaction: belongs in one.
/// REQUIRES: the number of values is a multiple of `columns`.
Status InsertRows(Database& database, const InsertOptions& options,
                  const std::vector<Value>& values);

}  // namespace reeve::sql
