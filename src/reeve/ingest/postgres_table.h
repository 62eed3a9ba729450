#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"

namespace reeve::ingest {

/// "name" for SQL.
std::string PostgresName(std::string_view name);

/// A table as a URI names it, T or SCHEMA.T, for SQL. What stands between double quotes is one
/// name, as in SQL; nothing is folded to lower case.
std::string PostgresTableName(std::string_view table);

/// Names of a table's or view's columns; none when there is no such table. `table` is quoted.
Result<std::vector<std::string>> PostgresColumns(sql::Database& database, const std::string& table);

/// The columns of its primary key in their order, none without one. `table` is quoted.
Result<std::vector<std::string>> PostgresPrimaryKey(sql::Database& database,
                                                    const std::string& table);

/// Tables and views that are found without naming a schema.
Result<std::vector<std::string>> PostgresTables(sql::Database& database);

}  // namespace reeve::ingest
