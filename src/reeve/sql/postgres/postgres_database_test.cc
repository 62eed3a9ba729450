// Against a server of its own; skipped where there are no binaries of one.
#include "reeve/sql/postgres/postgres_database.h"

#include <atomic>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "reeve/sql/many_rows.h"
#include "reeve/sql/open.h"
#include "reeve/sql/test_postgres.h"

namespace reeve::sql {
namespace {

class PostgresDatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    server_ = TestPostgres::Get(why);
    if (server_ == nullptr) GTEST_SKIP() << why;
    url_ = server_->UrlOfNewSchema();
    database_ = Connect({});
    ASSERT_NE(database_, nullptr);
    ASSERT_TRUE(
        database_
            ->RunScript("CREATE TABLE t (a text PRIMARY KEY, i integer, l bigint, r float8, "
                        "b boolean); CREATE TABLE child (a text REFERENCES t (a))")
            .ok());
  }

  std::unique_ptr<Database> Connect(const DatabaseOptions& options) {
    Result<std::unique_ptr<Database>> database = OpenPostgres(url_, options);
    EXPECT_TRUE(database.ok()) << database.status().message();
    return database.ok() ? std::move(*database) : nullptr;
  }

  std::int64_t Number(const char* sql) {
    Result<Statement> row = database_->Prepare(sql);
    const Result<bool> found = row->Step();
    EXPECT_TRUE(found.ok()) << found.status().message();
    return row->Integer(0);
  }

  /// Ends all connections of others to the database, as an administrator does.
  void EndConnections() {
    server_->Run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" +
                 server_->database() + "'");
  }

  TestPostgres* server_ = nullptr;
  std::string url_;
  std::unique_ptr<Database> database_;
};

TEST_F(PostgresDatabaseTest, DescribesWhatItDoesNotRun) {
  const auto columns = database_->Describe(
      "SELECT t.*, 1/0 AS x, 1.5 AS d, now() AS at, current_date AS day, 1::float4 AS f FROM t");
  ASSERT_TRUE(columns.ok()) << columns.status().message();
  std::string text;
  for (const ResultColumn& column : *columns)
    text += column.name + std::to_string(static_cast<int>(column.type)) + " ";
  EXPECT_EQ(text, "a6 i1 l2 r4 b0 x1 d3 at5 day5 f4 ");
  EXPECT_FALSE(database_->Describe("SELECT nothing").ok());
  EXPECT_EQ(Number("SELECT 7"), 7) << "a failure leaves the connection usable";
}

TEST_F(PostgresDatabaseTest, BindsAndReadsBackEveryKind) {
  const std::string text = "it's a \\ \xC3\xA4 \"?\" $1";
  ASSERT_TRUE(database_
                  ->Run("INSERT INTO t VALUES (?, ?, ?, ?, ?)", text, -7,
                        std::numeric_limits<std::int64_t>::min(), 0.1, true)
                  .ok());
  ASSERT_TRUE(database_
                  ->Run("INSERT INTO t VALUES (?, ?, ?, ?, ?)", std::string_view(),
                        std::optional<int>(), nullptr, std::numeric_limits<double>::infinity(),
                        false)
                  .ok());
  Statement row = *database_->Prepare("SELECT a, i, l, r, b FROM t ORDER BY i NULLS LAST");
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(row.Text(0), text);
  EXPECT_EQ(row.Integer(1), -7);
  EXPECT_EQ(row.Integer(2), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row.Real(3), 0.1);
  EXPECT_EQ(row.Integer(4), 1);
  EXPECT_EQ(row.Text(4), "1");
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(row.OptionalText(0), "");
  EXPECT_TRUE(row.IsNull(1));
  EXPECT_EQ(row.OptionalText(1), std::nullopt);
  EXPECT_EQ(row.Integer(1), 0);
  EXPECT_EQ(row.Real(3), std::numeric_limits<double>::infinity());
  EXPECT_EQ(row.Integer(4), 0);
  EXPECT_FALSE(*row.Step());
  EXPECT_FALSE(*row.Step());
}

TEST_F(PostgresDatabaseTest, ANumberTooGreatForItsColumnEqualsNothing) {
  ASSERT_TRUE(database_->Run("INSERT INTO t (a, i) VALUES ('x', 5)").ok());
  Statement row = *database_->Prepare("SELECT 1 FROM t WHERE i = ?", std::int64_t{5} + (1LL << 32));
  const Result<bool> found = row.Step();
  ASSERT_TRUE(found.ok()) << found.status().message();
  EXPECT_FALSE(*found);
  EXPECT_EQ(database_->Run("UPDATE t SET i = ?", 1LL << 40).code(), StatusCode::kInvalidArgument);
}

TEST_F(PostgresDatabaseTest, AStatementRunsManyTimesPreparedOrNot) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(database_
                    ->Run("INSERT INTO t (a, i, l) VALUES (?, ?, ?)", std::to_string(i), i,
                          i % 2 == 0 ? 1LL : 1LL << 40)
                    .ok());
    EXPECT_EQ(database_->changes(), 1);
  }
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 5);
  EXPECT_EQ(Number("SELECT sum(i) FROM t"), 10);
  ASSERT_TRUE(database_->Run("UPDATE t SET i = 1 WHERE i > ?", 2).ok());
  EXPECT_EQ(database_->changes(), 2);
  EXPECT_GE(Number("SELECT count(*) FROM pg_prepared_statements"), 2);
}

TEST_F(PostgresDatabaseTest, ManyDifferentStatementsDoNotPileUp) {
  for (int i = 0; i < 700; ++i) {
    const std::string sql = "SELECT " + std::to_string(i);
    for (int j = 0; j < 2; ++j) ASSERT_EQ(Number(sql.c_str()), i);
  }
  EXPECT_LE(Number("SELECT count(*) FROM pg_prepared_statements"), 513);
}

TEST_F(PostgresDatabaseTest, RowsWaitWhileOtherStatementsRun) {
  ASSERT_TRUE(
      database_
          ->RunScript("INSERT INTO t (a, i) SELECT 'k' || i, i FROM generate_series(1, 3000) i")
          .ok());
  Statement outer = *database_->Prepare("SELECT i, b FROM t ORDER BY i");
  std::int64_t sum = 0;
  for (int n = 1; *outer.Step(); ++n) {
    ASSERT_EQ(outer.Integer(0), n);
    ASSERT_TRUE(outer.IsNull(1));
    Statement inner = *database_->Prepare("SELECT i FROM t WHERE a = ?", "k" + std::to_string(n));
    ASSERT_TRUE(*inner.Step());
    ASSERT_EQ(outer.Integer(0), n);
    sum += inner.Integer(0);
  }
  EXPECT_EQ(sum, 3000 * 3001 / 2);
}

TEST_F(PostgresDatabaseTest, RowsThatNobodyReadsDoNotDisturb) {
  {
    Statement row = *database_->Prepare("SELECT generate_series(1, 100000)");
    ASSERT_TRUE(*row.Step());
  }
  EXPECT_EQ(Number("SELECT 7"), 7);
  const Result<Statement> never = database_->Prepare("INSERT INTO t (a) VALUES ('x')");
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 0);
}

TEST_F(PostgresDatabaseTest, AFailureAmidTheRowsIsTold) {
  Statement row = *database_->Prepare("SELECT 1 / (3 - i) FROM generate_series(1, 9) i");
  ASSERT_TRUE(*row.Step());
  EXPECT_EQ(Number("SELECT 7"), 7);
  ASSERT_TRUE(*row.Step());
  const Result<bool> third = row.Step();
  ASSERT_FALSE(third.ok());
  EXPECT_NE(third.status().message().find("division by zero"), std::string::npos);
  EXPECT_FALSE(*row.Step());
}

TEST_F(PostgresDatabaseTest, TransactionWithoutCommitLeavesNothing) {
  {
    Result<Transaction> transaction = Transaction::Begin(*database_);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(database_->Run("INSERT INTO t (a) VALUES ('x')").ok());
  }
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 0);
  Result<Transaction> transaction = Transaction::Begin(*database_);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE(database_->Run("INSERT INTO t (a) VALUES ('x')").ok());
  ASSERT_TRUE(transaction->Commit().ok());
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 1);
}

TEST_F(PostgresDatabaseTest, ATransactionWithAFailureIsNotCommitted) {
  ASSERT_TRUE(database_->Run("INSERT INTO t (a) VALUES ('x')").ok());
  {
    Result<Transaction> transaction = Transaction::Begin(*database_);
    ASSERT_TRUE(database_->Run("INSERT INTO t (a) VALUES ('y')").ok());
    EXPECT_EQ(database_->Run("INSERT INTO t (a) VALUES ('x')").code(), StatusCode::kAlreadyExists);
    EXPECT_FALSE(transaction->Commit().ok());
  }
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 1);
}

TEST_F(PostgresDatabaseTest, FailuresKeepTheirMeaning) {
  EXPECT_EQ(database_->Run("INSERT INTO child VALUES ('?')").code(), StatusCode::kAlreadyExists);
  const Status status = database_->Run("SELECT nothing FROM nowhere");
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("\"localhost:" + std::to_string(server_->port()) + "/" +
                                  server_->database()),
            std::string::npos)
      << status.message();
  EXPECT_EQ(Number("SELECT 7"), 7);
}

TEST_F(PostgresDatabaseTest, TransactionsOfManyConnectionsRunOneAfterAnother) {
  ASSERT_TRUE(database_->Run("INSERT INTO t (a, i) VALUES ('x', 0)").ok());
  constexpr int kThreads = 4;
  constexpr int kRounds = 25;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&] {
      const std::unique_ptr<Database> mine = Connect({});
      for (int i = 0; i < kRounds; ++i) {
        Result<Transaction> transaction = Transaction::Begin(*mine);
        Statement row = *mine->Prepare("SELECT max(i) FROM t");
        const bool read = transaction.ok() && row.Step().ok();
        const bool written =
            read && mine->Run("INSERT INTO t (a, i) VALUES (?, ?)",
                              std::to_string(row.Integer(0) + 1), row.Integer(0) + 1)
                        .ok();
        if (!written || !transaction->Commit().ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Number("SELECT max(i) FROM t"), kThreads * kRounds);
}

TEST_F(PostgresDatabaseTest, TransactionsOfDifferentSubjectsRunSideBySide) {
  const std::unique_ptr<Database> other = Connect({.busy_ms = 50});
  {
    const Result<Transaction> first = Transaction::Begin(*database_, "a");
    ASSERT_TRUE(first.ok());
    EXPECT_TRUE(Transaction::Begin(*other, "b").ok());
    EXPECT_FALSE(Transaction::Begin(*other, "a").ok());
    EXPECT_FALSE(Transaction::Begin(*other).ok());
  }
  EXPECT_TRUE(Transaction::Begin(*other, "a").ok());
  const Result<Transaction> alone = Transaction::Begin(*database_);
  ASSERT_TRUE(alone.ok());
  EXPECT_FALSE(Transaction::Begin(*other, "b").ok());
}

TEST_F(PostgresDatabaseTest, ALockThatStaysIsUnavailable) {
  const Result<Transaction> transaction = Transaction::Begin(*database_);
  ASSERT_TRUE(transaction.ok());
  const std::unique_ptr<Database> other = Connect({.busy_ms = 50});
  const Result<Transaction> second = Transaction::Begin(*other);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), StatusCode::kUnavailable);
  EXPECT_NE(second.status().message().find("does not let go"), std::string::npos)
      << second.status().message();
  EXPECT_TRUE(other->Run("SELECT 1").ok());
}

TEST_F(PostgresDatabaseTest, ALostConnectionIsMadeAnew) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Number("SELECT 7"), 7);
  EndConnections();
  EXPECT_EQ(Number("SELECT 7"), 7);
  EndConnections();
  const Status written = database_->Run("INSERT INTO t (a) VALUES ('x')");
  EXPECT_TRUE(written.ok()) << written.message();
  EndConnections();
  Result<Transaction> transaction = Transaction::Begin(*database_);
  EXPECT_TRUE(transaction.ok()) << transaction.status().message();
}

TEST_F(PostgresDatabaseTest, AConnectionLostInATransactionFailsItAndComesBack) {
  {
    Result<Transaction> transaction = Transaction::Begin(*database_);
    ASSERT_TRUE(database_->Run("INSERT INTO t (a) VALUES ('x')").ok());
    EndConnections();
    const Status status = database_->Run("INSERT INTO t (a) VALUES ('y')");
    EXPECT_EQ(status.code(), StatusCode::kUnavailable) << status.message();
    EXPECT_FALSE(transaction->Commit().ok());
  }
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 0);
}

TEST_F(PostgresDatabaseTest, StatementsOutliveAChangeOfTheTables) {
  ASSERT_TRUE(database_->Run("INSERT INTO t (a, i) VALUES ('x', 5)").ok());
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Number("SELECT i FROM t"), 5);
  ASSERT_TRUE(Connect({})->RunScript("ALTER TABLE t ALTER COLUMN i TYPE bigint").ok());
  EXPECT_EQ(Number("SELECT i FROM t"), 5);
  ASSERT_TRUE(database_->RunScript("DEALLOCATE ALL").ok());
  EXPECT_EQ(Number("SELECT i FROM t"), 5);
}

TEST_F(PostgresDatabaseTest, AChangeOfTheTablesFailsNoMoreThanOneTransaction) {
  ASSERT_TRUE(database_->Run("INSERT INTO t (a, i) VALUES ('x', 5)").ok());
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Number("SELECT i FROM t"), 5);
  ASSERT_TRUE(Connect({})->RunScript("ALTER TABLE t ALTER COLUMN i TYPE bigint").ok());
  for (const bool is_first : {true, false}) {
    Result<Transaction> transaction = Transaction::Begin(*database_);
    ASSERT_TRUE(transaction.ok());
    Statement row = *database_->Prepare("SELECT i FROM t");
    EXPECT_EQ(row.Step().ok(), !is_first);
    EXPECT_EQ(transaction->Commit().ok(), !is_first);
  }
}

TEST_F(PostgresDatabaseTest, ManyRowsGoInAtOnce) {
  std::vector<Value> values;
  for (std::int64_t i = 0; i < 700; ++i) {
    values.insert(values.end(), {"k" + std::to_string(i), i, i << 40, 0.5 * double(i), i % 2});
  }
  const RowInsert insert = {.into = "INSERT INTO t (a, i, l, r, b)",
                            .columns = 5,
                            .behind = "ON CONFLICT (a) DO UPDATE SET i = -excluded.i"};
  Status status = InsertRows(*database_, insert, ViewsOf(values)).status();
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(Number("SELECT sum(i) FROM t"), 699 * 350);
  EXPECT_EQ(Number("SELECT sum(r * 2) FROM t"), 699 * 350);
  EXPECT_EQ(Number("SELECT count(*) FROM t WHERE b"), 350);
  status = InsertRows(*database_, insert, ViewsOf(values)).status();
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(Number("SELECT sum(i) FROM t"), -699 * 350);
}

TEST_F(PostgresDatabaseTest, FindsTablesOfTheSearchPathOnly) {
  EXPECT_TRUE(*database_->HasTable("t"));
  EXPECT_FALSE(*database_->HasTable("T"));
  EXPECT_FALSE(*database_->HasTable("t_pkey"));
  ASSERT_TRUE(database_->RunScript("CREATE SCHEMA s; CREATE TABLE s.u (a text)").ok());
  EXPECT_FALSE(*database_->HasTable("u"));
  const auto there = OpenPostgres(url_ + "&options=-csearch_path%3Ds", {});
  ASSERT_TRUE(there.ok()) << there.status().message();
  EXPECT_TRUE(*(*there)->HasTable("u"));
  EXPECT_FALSE(*(*there)->HasTable("t"));
}

TEST_F(PostgresDatabaseTest, APasswordOpensButIsNeverTold) {
  const std::string host =
      "@127.0.0.1:" + std::to_string(server_->port()) + "/" + server_->database();
  const auto right = OpenPostgres("postgresql+psycopg2://ada:a%2Fb%40c:d%25" + host, {});
  ASSERT_TRUE(right.ok()) << right.status().message();
  EXPECT_EQ((*right)->name(), host.substr(1));
  EXPECT_EQ((*right)->Run("CREATE TABLE public.mine (a text)").code(), StatusCode::kIo);
  const auto wrong = OpenPostgres("postgresql://ada:letmein" + host, {});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(wrong.status().message().find("letmein"), std::string::npos)
      << wrong.status().message();
  const auto absent = OpenPostgres(server_->Url("absent"), {});
  ASSERT_FALSE(absent.ok());
  EXPECT_NE(absent.status().message().find("does not exist"), std::string::npos)
      << absent.status().message();
}

TEST_F(PostgresDatabaseTest, OpensByUri) {
  const Result<std::unique_ptr<Database>> database = Open(url_, {});
  ASSERT_TRUE(database.ok()) << database.status().message();
  EXPECT_EQ((*database)->dialect(), Dialect::kPostgres);
}

}  // namespace
}  // namespace reeve::sql
