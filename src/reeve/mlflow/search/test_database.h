#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/mlflow/search/query.h"
#include "reeve/sql/open.h"
#include "reeve/sql/test_postgres.h"
#include "reeve/tracking/store.h"

namespace reeve::mlflow {

/// For tests: a database with the tables that the tracking store makes, of the kind that
/// sql::TestDatabaseUri says, and the answers of queries.
class TestDatabase {
 public:
  TestDatabase() {
    const auto uri = sql::TestDatabaseUri(folder_.Path("search.db"), why_);
    if (!uri) return;
    EXPECT_TRUE(tracking::Store::Open(*uri, {}).ok());
    auto database = sql::Open(*uri, {});
    EXPECT_TRUE(database.ok());
    database_ = std::move(database).value();
  }

  /// Empty, or why there is none: the test has to be skipped.
  const std::string& why() const { return why_; }
  sql::Dialect dialect() const { return database_->dialect(); }

  /// Statements that fill tables.
  void Fill(const char* sql) {
    if (database_ == nullptr) return;
    const Status status = database_->RunScript(sql);
    EXPECT_TRUE(status.ok()) << status.message();
  }

  /// A column of all rows, with blanks between.
  std::string Answer(const Query& query, int column_idx = 0) {
    auto statement = database_->PrepareWith(query.sql, query.values);
    if (!statement.ok()) return statement.status().message() + " in " + query.sql;
    std::string answer;
    while (true) {
      const Result<bool> row = statement->Step();
      if (!row.ok()) return row.status().message() + " in " + query.sql;
      if (!*row) return answer;
      if (!answer.empty()) answer += ' ';
      answer += statement->Text(column_idx);
    }
  }

  sql::Database& operator*() { return *database_; }

 private:
  TestFolder folder_;
  std::string why_;
  std::unique_ptr<sql::Database> database_;
};

}  // namespace reeve::mlflow
