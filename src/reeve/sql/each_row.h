#pragma once

#include <type_traits>
#include <utility>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"

// Statements whose rows are read to the last. They take Prepare's answer as it comes: when it has
// failed, so do they.

namespace reeve::sql {

/// Hands each row to `take`.
template <typename Take>
Status ForEachRow(Result<Statement> rows, Take take) {
  if (!rows.ok()) return std::move(rows).status();
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const bool more, rows->Step());
    if (!more) return Status::Ok();
    take(std::as_const(*rows));
  }
}

/// What `read` makes of each row, in order.
template <typename Read>
Result<std::vector<std::invoke_result_t<Read, const Statement&>>> ReadRows(Result<Statement> rows,
                                                                           Read read) {
  std::vector<std::invoke_result_t<Read, const Statement&>> all;
  REEVE_RETURN_IF_ERROR(
      ForEachRow(std::move(rows), [&](const Statement& row) { all.push_back(read(row)); }));
  return all;
}

}  // namespace reeve::sql
