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
  std::string expression = "";
  /// The SQL expression that gives it as VARCHAR, whatever its type.
  std::string text_expression = "";
  bool is_text = true;
  /// Integers that may not fit in a double.
  bool is_wide = false;
};

/// The column `name` of a relation, that has DuckDB's type `type` there.
DuckColumn MakeDuckColumn(const std::string& name, duckdb_type type);

/// An empty raw table with these columns.
Table EmptyTable(const std::vector<DuckColumn>& columns);

/// Appends a chunk's rows; texts are trimmed, infinite numbers become missing.
/// REQUIRES: the chunk's columns are DOUBLE or VARCHAR as `columns` says, in order.
void AppendChunk(const std::vector<DuckColumn>& columns, duckdb_data_chunk chunk, Table& table);

/// The columns of a typed relation ("read_parquet(…)").
Result<std::vector<DuckColumn>> DescribeTyped(Duck& duck, const std::string& relation);

/// Turns the wide columns whose values go beyond 2^53 in `relation` into texts: such integers are
/// mostly ids, and as doubles they would lose digits.
Status KeepWideIntegersAsTexts(Duck& duck, const std::string& relation,
                               std::vector<DuckColumn>& columns);

/// Makes `a` and `b`, the same column of two files, of one type: real where one is integer, else
/// text where they differ.
void UnifyTypes(DuckColumn& a, DuckColumn& b);

}  // namespace reeve::ingest
