#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/ingest/sqlite_database.h"
#include "reeve/ingest/test_two_columns.h"

namespace reeve::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SqliteTest : public FolderTest {
 protected:
  void Run(const std::string& sql) const {
    const auto database = SqliteDatabase::Open(PathOf("f.db"), SqliteDatabase::Access::kWrite);
    const Status status = (*database)->Run(sql);
    EXPECT_TRUE(status.ok()) << status.message();
  }
  std::string Uri(const std::string& rest = "table=t") const {
    return "sqlite:///" + PathOf("f.db") + "?" + rest;
  }
  Status WriteRows(int rows, const WriteOptions& options) const {
    return WriteTwoColumns(Uri(), rows, options);
  }
  std::string Scalar(const std::string& query) const { return FirstCell(Uri("query=" + query)); }
};

TEST_F(SqliteTest, StorageFollowsTheValues) {
  Run("CREATE TABLE t (i, r, s TEXT, m INTEGER, w, n); INSERT INTO t VALUES "
      "(1, 1, ' a ', 1, 9007199254740993, NULL), (NULL, 2.5, NULL, 'x', 1, NULL)");
  const ReadOutcome outcome = ReadWhole(Uri());
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_EQ(outcome.table.column(0).type(), ColumnType::kInteger);
  EXPECT_EQ(outcome.table.column(1).type(), ColumnType::kReal);
  EXPECT_EQ(outcome.table.column(3).storage(), Column::Storage::kTexts);
  EXPECT_EQ(outcome.table.column(4).storage(), Column::Storage::kTexts);
  EXPECT_EQ(outcome.table.column(5).storage(), Column::Storage::kNumbers);
  EXPECT_THAT(outcome.Row(0), ElementsAre("1", "1", "a", "1", "9007199254740993", ""));
  EXPECT_THAT(outcome.Row(1), ElementsAre("", "2.5", "", "x", "1", ""));
}

TEST_F(SqliteTest, RowsComeInTheOrderOfTheTable) {
  Run("CREATE TABLE t (a INTEGER); CREATE INDEX i ON t (a); INSERT INTO t VALUES (3), (1), (2)");
  const ReadOutcome outcome = ReadWhole(Uri());
  EXPECT_THAT(outcome.Row(0), ElementsAre("3"));
  EXPECT_THAT(outcome.Row(2), ElementsAre("2"));
}

TEST_F(SqliteTest, ReadsViewsQueriesAndOddNames) {
  Run("CREATE TABLE \"my \"\"t\"\"\" (\" a \" INTEGER, \"b\"\"c\" TEXT); "
      "INSERT INTO \"my \"\"t\"\"\" VALUES (1, 'x'), (2, 'y'); "
      "CREATE VIEW v AS SELECT \" a \" AS a FROM \"my \"\"t\"\"\"");
  const ReadOutcome outcome = ReadWhole(Uri("table=my%20%22t%22"));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_THAT(outcome.names, ElementsAre("a", "b\"c"));
  EXPECT_THAT(outcome.Row(1), ElementsAre("2", "y"));
  EXPECT_EQ(ReadWhole(Uri("table=v")).table.rows(), 2);
  EXPECT_THAT(ReadWhole(Uri("query=SELECT a*2 AS d FROM v WHERE a=2 -- note")).Row(0),
              ElementsAre("4"));
  const ReadOptions only{.only_columns = std::vector<std::string>{"b\"c"}};
  EXPECT_THAT(ReadWhole(Uri("table=my%20%22t%22"), only).Row(0), ElementsAre("x"));
}

TEST_F(SqliteTest, SourcesThatAreNotThereAreNamed) {
  Run("CREATE TABLE scores (a)");
  const ReadOutcome outcome = ReadWhole(Uri("table=score"));
  EXPECT_EQ(outcome.status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(outcome.status.message(), HasSubstr("\"scores\""));
  EXPECT_EQ(ReadWhole(Uri("query=SELEKT 1")).status.code(), StatusCode::kInvalidArgument);
  Write("no.db", std::string(5000, 'x'));
  const ReadOutcome none = ReadWhole("sqlite:///" + PathOf("no.db") + "?table=t");
  EXPECT_EQ(none.status.code(), StatusCode::kInvalidData);
  EXPECT_THAT(none.status.message(), HasSubstr("no.db"));
}

TEST_F(SqliteTest, AQueryCannotWrite) {
  Run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  EXPECT_FALSE(ReadWhole(Uri("query=DELETE FROM t RETURNING a")).status.ok());
  (void)ReadWhole(Uri("query=SELECT a FROM t); DELETE FROM t; --"));
  EXPECT_EQ(Scalar("SELECT count(*) FROM t"), "1");
}

TEST_F(SqliteTest, WritesTypedColumns) {
  ASSERT_TRUE(WriteRows(3, {}).ok());
  EXPECT_EQ(Scalar("SELECT group_concat(typeof(n) || typeof(s)) FROM t"),
            "integertext,integertext,integernull");
  EXPECT_EQ(Scalar("SELECT sql FROM sqlite_master"),
            "CREATE TABLE \"t\" (\"n\" INTEGER, \"s\" TEXT)");
}

TEST_F(SqliteTest, WithoutACommitNothingIsThere) {
  {
    const auto writer = TableWriter::Open(Uri(), kTwoColumns, {});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Append(TwoColumns(100'000)).ok());
  }
  EXPECT_THAT(Names(), IsEmpty());
  ASSERT_TRUE(WriteRows(2, {}).ok());
  {
    const auto writer = TableWriter::Open(Uri(), kTwoColumns, {.mode = WriteMode::kReplace});
    ASSERT_TRUE((*writer)->Append(TwoColumns(5)).ok());
  }
  EXPECT_EQ(Scalar("SELECT count(*) FROM t"), "2");
}

TEST_F(SqliteTest, FoldersThatAreNotThereAreNamed) {
  const Status status =
      TableWriter::CheckTarget("sqlite:///" + PathOf("nowhere/f.db") + "?table=t", {});
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_THAT(status.message(), HasSubstr("nowhere"));
}

}  // namespace
}  // namespace reeve::ingest
