// What holds for tables of every kind of database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/ingest/test_two_columns.h"
#include "reeve/sql/test_postgres.h"

namespace reeve::ingest {
namespace {

using testing::HasSubstr;

class SqlTableTest : public FolderTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    if (std::string_view(GetParam()) == "Sqlite") {
      url_ = "sqlite:///" + PathOf("f.db") + "?";
      return;
    }
    std::string why;
    sql::TestPostgres* const server = sql::TestPostgres::Get(why);
    if (server == nullptr) GTEST_SKIP() << why;
    url_ = server->UrlOfNewSchema() + "&";
  }

  Status WriteRows(int rows, const WriteOptions& options) const {
    return WriteTwoColumns(url_ + "table=t", rows, options);
  }
  std::string Scalar(const std::string& query) const { return FirstCell(url_ + "query=" + query); }

  std::string url_;
};

TEST_P(SqlTableTest, ModesAppendReplaceAndFail) {
  ASSERT_TRUE(WriteRows(3, {}).ok());
  ASSERT_TRUE(WriteRows(2, {.mode = WriteMode::kAppend}).ok());
  EXPECT_EQ(Scalar("SELECT count(*) FROM t"), "5");
  ASSERT_TRUE(WriteRows(4, {.mode = WriteMode::kReplace}).ok());
  EXPECT_EQ(Scalar("SELECT count(*) FROM t"), "4");
  const Status failed = WriteRows(1, {.mode = WriteMode::kFail});
  EXPECT_EQ(failed.code(), StatusCode::kAlreadyExists);
  EXPECT_THAT(failed.message(), HasSubstr("\"t\""));
  EXPECT_EQ(Scalar("SELECT count(*) FROM t"), "4");
}

TEST_P(SqlTableTest, ABatchIsReplacedByTheNextOfItsId) {
  ASSERT_TRUE(WriteRows(1, {}).ok());
  ASSERT_TRUE(WriteRows(10, {.batch_id = "d'1"}).ok());
  ASSERT_TRUE(WriteRows(5, {.batch_id = "d2"}).ok());
  ASSERT_TRUE(WriteRows(3, {.batch_id = "d'1"}).ok());
  EXPECT_EQ(Scalar("SELECT count(*) FROM t"), "9");
  EXPECT_EQ(Scalar("SELECT count(*) FROM t WHERE batch_id = 'd''1'"), "3");
  EXPECT_EQ(Scalar("SELECT count(*) FROM t WHERE batch_id IS NULL"), "1");
}

TEST_P(SqlTableTest, ATableMayBeReadWhileItsDatabaseIsWrittenTo) {
  constexpr int kRows = 20'000;
  ASSERT_TRUE(WriteRows(kRows, {}).ok());
  const auto reader = TableReader::Open(url_ + "table=t", {.chunk_rows = 3'000});
  const auto writer = TableWriter::Open(url_ + "table=out", kTwoColumns, {});
  ASSERT_TRUE(reader.ok() && writer.ok());
  Table chunk;
  for (;;) {
    const auto more = (*reader)->Next(&chunk);
    ASSERT_TRUE(more.ok()) << more.status().message();
    if (!*more) break;
    const Status status = (*writer)->Append(chunk);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  const Status status = (*writer)->Commit();
  ASSERT_TRUE(status.ok()) << status.message();
  const ReadOutcome out = ReadWhole(url_ + "table=out");
  ASSERT_EQ(out.table.rows(), kRows);
  for (const int row : {0, 2'999, 3'000, kRows - 1})
    EXPECT_EQ(out.table.column(0).numbers()[static_cast<std::size_t>(row)], row)
        << "keep their order";
}

TEST_P(SqlTableTest, ATableOfOtherColumnsIsRefused) {
  const std::vector<OutputColumn> other = {{"n", ColumnType::kInteger}};
  const auto writer = TableWriter::Open(url_ + "table=t", other, {});
  ASSERT_TRUE(writer.ok() && (*writer)->Commit().ok());
  const Status status = WriteRows(1, {});
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("\"s\""));
}

INSTANTIATE_TEST_SUITE_P(Kinds, SqlTableTest, testing::Values("Sqlite", "Postgres"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace reeve::ingest
