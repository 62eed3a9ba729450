#include "reeve/tracking/sql/schema.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/sql/open.h"

namespace reeve::tracking {
namespace {

using Rows = std::vector<std::string>;

Rows Query(sql::Database& database, const std::string& sql, int columns) {
  Rows rows;
  Result<sql::Statement> row = database.Prepare(sql.c_str());
  EXPECT_TRUE(row.ok()) << sql << ": " << row.status().message();
  while (row.ok() && *row->Step()) {
    std::string text;
    for (int i = 0; i < columns; ++i) text += row->Text(i) + "|";
    rows.push_back(text);
  }
  return rows;
}

Rows Sorted(Rows rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

Rows Names(sql::Database& database, const std::string& type) {
  return Query(database,
               "SELECT name FROM sqlite_master WHERE type = '" + type +
                   "' AND name NOT LIKE 'sqlite_autoindex%' ORDER BY name",
               1);
}

std::string WithoutBar(const std::string& row) { return row.substr(0, row.size() - 1); }

// What PRAGMA says of a table: columns, indexes with their columns, references.
std::map<std::string, Rows> Describe(sql::Database& database, const std::string& table) {
  std::map<std::string, Rows> description;
  description["columns"] = Query(database, "PRAGMA table_info('" + table + "')", 6);
  // seq is left out: it is the order in which the indexes were made.
  Rows indexes;
  for (const std::string& index :
       Query(database, "SELECT name FROM pragma_index_list('" + table + "')", 1)) {
    const std::string name = WithoutBar(index);
    std::string text = name.starts_with("sqlite_autoindex") ? "auto" : name;
    for (const std::string& about :
         Query(database,
               "SELECT \"unique\", origin, partial FROM pragma_index_list('" + table +
                   "') WHERE name = '" + name + "'",
               3))
      text += " " + about;
    for (const std::string& column : Query(database, "PRAGMA index_info('" + name + "')", 3))
      text += " " + column;
    indexes.push_back(text);
  }
  description["indexes"] = Sorted(std::move(indexes));
  description["references"] =
      Sorted(Query(database,
                   "SELECT seq, \"table\", \"from\", \"to\", on_update, on_delete, match FROM "
                   "pragma_foreign_key_list('" +
                       table + "')",
                   7));
  return description;
}

// Names of constraints of a table, which PRAGMA does not tell; later migrations drop by them.
std::multiset<std::string> Constraints(sql::Database& database, const std::string& table) {
  const Rows sql = Query(
      database, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '" + table + "'", 1);
  std::multiset<std::string> names;
  std::istringstream words(sql.empty() ? "" : sql[0]);
  for (std::string word; words >> word;) {
    if (word == "CONSTRAINT" && words >> word) names.insert(word);
  }
  return names;
}

std::unique_ptr<sql::Database> Load(const std::string& path, const std::string& script) {
  Result<std::unique_ptr<sql::Database>> database = sql::Open("sqlite:///" + path, {});
  EXPECT_TRUE(database.ok());
  const Status status = (*database)->RunScript(script.c_str());
  EXPECT_TRUE(status.ok()) << status.message();
  return std::move(*database);
}

TEST(SchemaTest, EqualsTheTablesThatMlflowMakes) {
  const char* const reference = std::getenv("REEVE_REFERENCE");
  const std::string file =
      std::string(reference != nullptr ? reference : REEVE_SOURCE_DIR "/../shared/reference") +
      "/mlflow_schema.sql";
  std::ifstream input(file);
  if (!input) GTEST_SKIP() << file << " is not there";
  std::stringstream theirs_sql;
  theirs_sql << input.rdbuf();

  const TestFolder folder;
  const auto ours = Load(folder.Path("ours.db"), kSchema);
  const auto theirs = Load(folder.Path("theirs.db"), theirs_sql.str());
  EXPECT_EQ(Names(*ours, "table"), Names(*theirs, "table"));
  EXPECT_EQ(Names(*ours, "index"), Names(*theirs, "index"));
  EXPECT_EQ(Names(*ours, "table").size(), 23u);
  for (const std::string& row : Names(*theirs, "table")) {
    const std::string table = WithoutBar(row);
    EXPECT_EQ(Describe(*ours, table), Describe(*theirs, table)) << table;
    EXPECT_EQ(Constraints(*ours, table), Constraints(*theirs, table)) << table;
  }
  EXPECT_EQ(Query(*theirs, "SELECT version_num FROM alembic_version", 1)[0],
            std::string(kSchemaRevision) + "|");
}

// A statement that must fail because of a CHECK.
void ExpectRefused(sql::Database& database, const char* sql) {
  const Status status = database.RunScript(sql);
  ASSERT_FALSE(status.ok()) << sql;
  EXPECT_NE(status.message().find("CHECK constraint"), std::string::npos) << status.message();
}

TEST(SchemaTest, ChecksHoldTheWordsOfMlflow) {
  const TestFolder folder;
  const auto database = Load(folder.Path("x.db"), kSchema);
  ExpectRefused(*database, "INSERT INTO experiments (name, lifecycle_stage) VALUES ('a', 'gone')");
  ExpectRefused(*database, "INSERT INTO runs (run_uuid, status) VALUES ('a', 'DONE')");
  ExpectRefused(*database, "INSERT INTO runs (run_uuid, lifecycle_stage) VALUES ('a', 'gone')");
  ExpectRefused(*database, "INSERT INTO runs (run_uuid, source_type) VALUES ('a', 'SHELL')");
  ExpectRefused(
      *database,
      "INSERT INTO metrics (key, value, timestamp, run_uuid, is_nan) VALUES ('a', 0, 0, 'a', 2)");
}

}  // namespace
}  // namespace reeve::tracking
