#include "reeve/sql/each_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/sql/open.h"

namespace reeve::sql {
namespace {

using testing::ElementsAre;

class EachRowTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Open("sqlite:///" + folder_.Path("t.db"), {});
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    database_ = std::move(*opened);
    ASSERT_TRUE(database_
                    ->RunScript("CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (3), (1), "
                                "(-9223372036854775808)")
                    .ok());
  }

  Result<std::vector<std::int64_t>> Read(std::string_view sql) {
    return ReadRows(database_->Prepare(sql), [](const Statement& row) { return row.Integer(0); });
  }

  TestFolder folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(EachRowTest, RowsComeInOrder) {
  EXPECT_THAT(Read("SELECT x FROM t WHERE x > 0 ORDER BY x").value(), ElementsAre(1, 3));
  EXPECT_THAT(Read("SELECT x FROM t WHERE x = 7").value(), ElementsAre());
}

TEST_F(EachRowTest, FailuresOfTheStatementAreHandedOn) {
  EXPECT_EQ(Read("SELECT x FROM nowhere").status().message(),
            database_->Prepare("SELECT x FROM nowhere").status().message());
  int rows = 0;
  const Status status = ForEachRow(database_->Prepare("SELECT abs(x) FROM t ORDER BY rowid"),
                                   [&](const Statement&) { ++rows; });
  EXPECT_FALSE(status.ok()) << "the last row's number has no absolute value";
  EXPECT_EQ(rows, 2);
}

}  // namespace
}  // namespace reeve::sql
