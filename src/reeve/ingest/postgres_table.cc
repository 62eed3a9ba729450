#include "reeve/ingest/postgres_table.h"

namespace reeve::ingest {
namespace {

template <typename... Values>
Result<std::vector<std::string>> Names(sql::Database& database, const char* sql,
                                       const Values&... values) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement rows, database.Prepare(sql, values...));
  std::vector<std::string> names;
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return names;
    names.push_back(rows.Text(0));
  }
}

}  // namespace

std::string PostgresName(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

std::string PostgresTableName(std::string_view table) {
  std::string sql = "\"";
  bool is_quoted = false;
  for (const char c : table) {
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == '.' && !is_quoted) {
      sql += "\".\"";
    } else {
      sql += c;
    }
  }
  return sql + "\"";
}

Result<std::vector<std::string>> PostgresColumns(sql::Database& database,
                                                 const std::string& table) {
  return Names(database,
               "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(?) AND "
               "attnum > 0 AND NOT attisdropped ORDER BY attnum",
               table);
}

Result<std::vector<std::string>> PostgresPrimaryKey(sql::Database& database,
                                                    const std::string& table) {
  return Names(database,
               "SELECT a.attname FROM pg_catalog.pg_index AS i "
               "CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place) "
               "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND "
               "a.attnum = k.attnum WHERE i.indrelid = to_regclass(?) AND i.indisprimary "
               "ORDER BY k.place",
               table);
}

Result<std::vector<std::string>> PostgresTables(sql::Database& database) {
  return Names(database,
               "SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('r','p','v','m','f') AND "
               "pg_catalog.pg_table_is_visible(oid) AND relnamespace NOT IN ("
               "'pg_catalog'::regnamespace, 'information_schema'::regnamespace) ORDER BY relname");
}

}  // namespace reeve::ingest
