#pragma once

#include <string>
#include <vector>

#include "reeve/ingest/duck.h"
#include "reeve/table/table.h"

namespace reeve::ingest {

/// A column that a query gives as DOUBLE or VARCHAR, and what it becomes.
struct DuckColumn {
  std::string name;
  ColumnType type = ColumnType::kText;
  /// The SQL expression that gives it.
  std::string expression;
  bool is_text = true;
};

/// An empty raw table with these columns.
Table EmptyTable(const std::vector<DuckColumn>& columns);

/// Appends a chunk's rows; texts are trimmed, infinite numbers become missing.
/// REQUIRES: the chunk's columns are DOUBLE or VARCHAR as `columns` says, in order.
void AppendChunk(const std::vector<DuckColumn>& columns, duckdb_data_chunk chunk, Table& table);

/// Describes the columns of a typed relation ("read_parquet(…)"), each with the expression that
/// makes it a DOUBLE or a VARCHAR. 64-bit integers that a double cannot hold become texts.
Result<std::vector<DuckColumn>> DescribeTyped(Duck& duck, const std::string& relation);

}  // namespace reeve::ingest
