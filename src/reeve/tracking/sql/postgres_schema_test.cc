// What the tables are on a PostgreSQL server; tests/mlflow/postgres_test.py holds them against
// those that MLflow makes.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/sql/open.h"
#include "reeve/sql/test_postgres.h"
#include "reeve/tracking/open_database.h"
#include "reeve/tracking/sql/schema.h"

namespace reeve::tracking {
namespace {

using testing::HasSubstr;

class PostgresSchemaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    sql::TestPostgres* const server = sql::TestPostgres::Get(why);
    if (server == nullptr) GTEST_SKIP() << why;
    uri_ = server->UrlOfNewSchema();
  }

  std::unique_ptr<sql::Database> Raw() const {
    Result<std::unique_ptr<sql::Database>> database = sql::Open(uri_, {});
    EXPECT_TRUE(database.ok()) << database.status().message();
    return std::move(*database);
  }

  std::string uri_;
};

std::vector<std::string> Column(sql::Database& database, const char* sql) {
  std::vector<std::string> texts;
  Result<sql::Statement> row = database.Prepare(sql);
  EXPECT_TRUE(row.ok()) << row.status().message();
  for (;;) {
    const Result<bool> more = row->Step();
    EXPECT_TRUE(more.ok()) << more.status().message();
    if (!more.ok() || !*more) return texts;
    texts.push_back(row->Text(0));
  }
}

TEST_F(PostgresSchemaTest, HasTheTablesColumnsAndIndexesOfSqlite) {
  const TestFolder folder;
  const auto sqlite = OpenTrackingDatabase("sqlite:///" + folder.Path("x.db"), {});
  const auto postgres = OpenTrackingDatabase(uri_, {});
  ASSERT_TRUE(sqlite.ok() && postgres.ok()) << postgres.status().message();
  const std::vector<std::string> columns =
      Column(**postgres,
             "SELECT table_name || '.' || column_name || ' ' || (is_nullable = 'NO')::int FROM "
             "information_schema.columns WHERE table_schema = current_schema ORDER BY "
             "table_name COLLATE \"C\", ordinal_position");
  EXPECT_GT(columns.size(), 120u);
  EXPECT_EQ(columns, Column(**sqlite,
                            "SELECT m.name || '.' || c.name || ' ' || c.\"notnull\" FROM "
                            "sqlite_master m, pragma_table_info(m.name) c "
                            "WHERE m.type = 'table' ORDER BY m.name, c.cid"));
  EXPECT_EQ(Column(**postgres,
                   "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema AND "
                   "indexname LIKE 'index%' ORDER BY indexname COLLATE \"C\""),
            Column(**sqlite,
                   "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE "
                   "'index%' ORDER BY name"));
  EXPECT_EQ(Column(**postgres, "SELECT version_num FROM alembic_version"),
            std::vector<std::string>{kSchemaRevision});
}

TEST_F(PostgresSchemaTest, ServersThatStartAtOnceMakeItOnce) {
  constexpr int kServers = 6;
  std::atomic<int> opened = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kServers; ++i) {
    threads.emplace_back([&] {
      const auto database = OpenTrackingDatabase(uri_, {});
      EXPECT_TRUE(database.ok()) << database.status().message();
      const Status experiment = EnsureDefaultExperiment(**database, "x", 1);
      EXPECT_TRUE(experiment.ok()) << experiment.message();
      if (database.ok() && *(*database)->HasTable("runs")) ++opened;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, kServers);
  EXPECT_EQ(Column(*Raw(), "SELECT count(*) FROM alembic_version"), std::vector<std::string>{"1"});
  EXPECT_EQ(Column(*Raw(), "SELECT count(*) FROM experiments"), std::vector<std::string>{"1"});
}

TEST_F(PostgresSchemaTest, IsNotMadeForReading) {
  const auto database = OpenTrackingDatabase(uri_, {.create = false});
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.status().code(), StatusCode::kNotFound);
  EXPECT_FALSE(*Raw()->HasTable("runs"));
}

TEST_F(PostgresSchemaTest, TablesOfTheSameNameThatAreNotMlflowsAreNamedAndLeftAlone) {
  ASSERT_TRUE(Raw()->RunScript("CREATE TABLE runs (pace integer)").ok());
  const auto database = OpenTrackingDatabase(uri_, {});
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(database.status().message(), HasSubstr("tables of another program"));
  EXPECT_FALSE(*Raw()->HasTable("experiments"));
}

TEST_F(PostgresSchemaTest, AStoreOfMlflow2HasNoPlaceForModels) {
  const auto database = OpenTrackingDatabase(uri_, {});
  ASSERT_TRUE(database.ok());
  EXPECT_TRUE(CheckHasLoggedModels(**database).ok());
  ASSERT_TRUE((*database)->RunScript("DROP TABLE logged_models CASCADE").ok());
  const Status status = CheckHasLoggedModels(**database);
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr(kSchemaRevision));
}

}  // namespace
}  // namespace reeve::tracking
