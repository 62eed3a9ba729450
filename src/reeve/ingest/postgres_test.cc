// Against a server of its own; skipped where there are no binaries of one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/ingest/postgres_table.h"
#include "reeve/ingest/test_two_columns.h"
#include "reeve/sql/open.h"
#include "reeve/sql/test_postgres.h"

namespace reeve::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    sql::TestPostgres* const server = sql::TestPostgres::Get(why);
    if (server == nullptr) GTEST_SKIP() << why;
    url_ = server->UrlOfNewSchema();
    auto database = sql::Open(url_, {.create = false});
    ASSERT_TRUE(database.ok()) << database.status().message();
    database_ = std::move(*database);
  }

  void Run(const std::string& sql) const {
    const Status status = database_->RunScript(sql.c_str());
    EXPECT_TRUE(status.ok()) << status.message();
  }
  std::string Uri(const std::string& rest = "table=t") const { return url_ + "&" + rest; }
  Status WriteRows(int rows, const WriteOptions& options) const {
    return WriteTwoColumns(Uri(), rows, options);
  }
  std::string Scalar(const std::string& query) const { return FirstCell(Uri("query=" + query)); }
  std::string url_;
  std::unique_ptr<sql::Database> database_;
};

TEST_F(PostgresTest, StorageFollowsTheTypes) {
  Run("CREATE TABLE t (b boolean, i smallint, l bigint, wide bigint, d numeric, whole numeric, "
      "id numeric, r real, f float8, day date, at timestamp, zoned timestamptz, s varchar(9), "
      "u uuid, j jsonb); "
      "INSERT INTO t VALUES (true, 7, 5, 9007199254740993, 0.25, 12, 12345678901234567890, 0.1, "
      "'NaN', '1970-01-02', '1970-01-01 00:00:01.5', '1970-01-01 02:00:00+02', ' x ', "
      "'00000000-0000-0000-0000-00000000000a', '{\"a\": 1}'); INSERT INTO t (b) VALUES (false), "
      "(NULL)");
  const ReadOutcome outcome = ReadWhole(Uri());
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  std::vector<ColumnType> types;
  for (const Column& column : outcome.table.columns()) types.push_back(column.type());
  EXPECT_THAT(types,
              ElementsAre(ColumnType::kBoolean, ColumnType::kInteger, ColumnType::kInteger,
                          ColumnType::kText, ColumnType::kReal, ColumnType::kInteger,
                          ColumnType::kText, ColumnType::kReal, ColumnType::kReal,
                          ColumnType::kDatetime, ColumnType::kDatetime, ColumnType::kDatetime,
                          ColumnType::kText, ColumnType::kText, ColumnType::kText));
  const auto number = [&](std::size_t column) { return outcome.table.column(column).numbers()[0]; };
  EXPECT_EQ(number(0), 1);
  EXPECT_EQ(outcome.table.column(0).numbers()[1], 0);
  EXPECT_TRUE(outcome.table.column(0).IsMissing(2));
  EXPECT_EQ(outcome.table.column(3).text(0), "9007199254740993");
  EXPECT_EQ(outcome.table.column(6).text(0), "12345678901234567890");
  EXPECT_EQ(number(7), 0.1);
  EXPECT_TRUE(outcome.table.column(8).IsMissing(0));
  EXPECT_EQ(number(9), 86'400);
  EXPECT_EQ(number(10), 1.5);
  EXPECT_EQ(number(11), 0);
  EXPECT_EQ(outcome.table.column(12).text(0), "x");
}

TEST_F(PostgresTest, RowsComeInTheOrderOfThePrimaryKey) {
  Run("CREATE TABLE t (s text, a integer, b integer, PRIMARY KEY (b, a)); "
      "INSERT INTO t VALUES ('x', 2, 2), ('y', 1, 2), ('z', 9, 1); UPDATE t SET s = 'w' WHERE a = "
      "9");
  const ReadOutcome outcome = ReadWhole(Uri(), {.only_columns = std::vector<std::string>{"s"}});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.names, ElementsAre("s", "a", "b"));
  EXPECT_THAT(outcome.Row(0), ElementsAre("w"));
  EXPECT_THAT(outcome.Row(1), ElementsAre("y"));
  EXPECT_THAT(outcome.Row(2), ElementsAre("x"));
}

TEST_F(PostgresTest, ReadsViewsQueriesSchemasAndOddNames) {
  Run("CREATE TABLE \"My.\"\"t\" (\" a \" integer, \"b\"\"c\" text); "
      "INSERT INTO \"My.\"\"t\" VALUES (1, 'x'), (2, 'y'); "
      "CREATE VIEW v AS SELECT \" a \" AS a FROM \"My.\"\"t\"");
  EXPECT_EQ(ReadWhole(Uri("table=v")).table.rows(), 2);
  EXPECT_THAT(ReadWhole(Uri("table=pg_catalog.pg_database")).names, testing::Contains("datname"));
  EXPECT_THAT(
      ReadWhole(Uri("query=SELECT a*2 AS d FROM v WHERE a=2 AND 'x&y'='x%26y' -- note")).Row(0),
      ElementsAre("4"));
  const ReadOutcome none = ReadWhole(Uri("table=v"), {.only_columns = std::vector<std::string>{}});
  EXPECT_EQ(none.table.rows(), 2) << "rows are counted without a column";
}

TEST(PostgresTableNameTest, IsOneUnlessADotParts) {
  EXPECT_EQ(PostgresTableName("t"), "\"t\"");
  EXPECT_EQ(PostgresTableName("s.My t"), "\"s\".\"My t\"");
  EXPECT_EQ(PostgresTableName("\"a.b\".c"), "\"a.b\".\"c\"");
  EXPECT_EQ(PostgresTableName("t\"; DROP TABLE x; --"), "\"t; DROP TABLE x; --\"");
}

TEST_F(PostgresTest, SourcesThatAreNotThereAreNamed) {
  Run("CREATE TABLE scores (a integer)");
  const ReadOutcome outcome = ReadWhole(Uri("table=score"));
  EXPECT_EQ(outcome.status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(outcome.status.message(), HasSubstr("Did you mean \"scores\"?"));
  const ReadOutcome wrong = ReadWhole(Uri("query=SELEKT 1"));
  EXPECT_EQ(wrong.status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(wrong.status.message(), HasSubstr("syntax error"));
  EXPECT_EQ(ReadWhole("postgresql://ada:secret@/x?host=/nowhere&table=t").status.code(),
            StatusCode::kUnavailable);
}

TEST_F(PostgresTest, AQueryCannotWrite) {
  Run("CREATE TABLE t (a integer); INSERT INTO t VALUES (1); CREATE FUNCTION empty() RETURNS "
      "integer LANGUAGE sql AS 'DELETE FROM t RETURNING a'");
  EXPECT_FALSE(ReadWhole(Uri("query=DELETE FROM t RETURNING a")).status.ok());
  EXPECT_FALSE(ReadWhole(Uri("query=SELECT empty() AS a")).status.ok());
  EXPECT_FALSE(ReadWhole(Uri("query=SELECT a FROM t) AS s; DELETE FROM t; --")).status.ok());
  EXPECT_EQ(Scalar("SELECT count(*) FROM t"), "1");
}

TEST_F(PostgresTest, WritesTypedColumns) {
  Table table = TwoColumns(2);
  table.Add(Column::Numbers("r", ColumnType::kReal, {0.1, kMissingNumber}));
  table.Add(Column::Numbers("b", ColumnType::kBoolean, {1, 0}));
  table.Add(Column::Numbers("at", ColumnType::kDatetime, {86'400, 0}));
  std::vector<OutputColumn> columns = kTwoColumns;
  columns.push_back({"r", ColumnType::kReal});
  columns.push_back({"b", ColumnType::kBoolean});
  columns.push_back({"at", ColumnType::kDatetime});
  const auto writer = TableWriter::Open(Uri(), columns, {});
  ASSERT_TRUE(writer.ok()) << writer.status().message();
  Status status = (*writer)->Append(table);
  ASSERT_TRUE(status.ok()) << status.message();
  status = (*writer)->Commit();
  ASSERT_TRUE(status.ok()) << status.message();
  const ReadOutcome back = ReadWhole(Uri());
  EXPECT_THAT(back.Row(0),
              ElementsAre("0", "r0", "0.1", table.column(3).ToText(0), table.column(4).ToText(0)));
  EXPECT_THAT(back.Row(1),
              ElementsAre("1", "r1", "", table.column(3).ToText(1), table.column(4).ToText(1)));
  EXPECT_EQ(Scalar("SELECT pg_typeof(at)::text || pg_typeof(b) || pg_typeof(n) FROM t LIMIT 1"),
            "timestamp without time zonebooleanbigint");
}

TEST_F(PostgresTest, TypesOfATableThatIsThereStay) {
  Run("CREATE TABLE t (batch_id date, s varchar(20), n smallint NOT NULL)");
  ASSERT_TRUE(WriteRows(3, {.batch_id = "2026-03-01"}).ok());
  EXPECT_EQ(Scalar("SELECT pg_typeof(n)::text || n || batch_id FROM t ORDER BY n DESC LIMIT 1"),
            "smallint22026-03-01");
  const Status status = WriteRows(1, {.batch_id = "some day"});
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("some day"));
}

TEST_F(PostgresTest, WithoutACommitNothingIsThere) {
  {
    const auto writer = TableWriter::Open(Uri(), kTwoColumns, {});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Append(TwoColumns(1'000)).ok());
  }
  EXPECT_EQ(Scalar("SELECT to_regclass('t') IS NULL"), "true");
}

}  // namespace
}  // namespace reeve::ingest
