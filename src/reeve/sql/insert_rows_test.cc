#include "reeve/sql/insert_rows.h"

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/sql/open.h"

namespace reeve::sql {
namespace {

// postgres/postgres_database_test.cc has the same for a server.
class InsertRowsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    database_ = *Open("sqlite:///" + folder_.Path("x.db"), {});
    ASSERT_TRUE(database_->RunScript("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)").ok());
  }

  std::int64_t Number(const char* sql) {
    Statement row = *database_->Prepare(sql);
    EXPECT_TRUE(*row.Step());
    return row.Integer(0);
  }

  TestFolder folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(InsertRowsTest, EveryRowOfEveryNumberArrives) {
  for (const std::int64_t rows : {0, 1, 2, 3, 63, 64, 65, 127, 1000}) {
    ASSERT_TRUE(database_->RunScript("DELETE FROM t").ok());
    std::vector<Value> values;
    for (std::int64_t i = 0; i < rows; ++i) {
      values.emplace_back(i);
      values.emplace_back("row " + std::to_string(i));
    }
    ASSERT_TRUE(
        InsertRows(*database_, {.head = "INSERT INTO t (a, b)", .columns = 2}, values).ok());
    EXPECT_EQ(Number("SELECT count(*) FROM t"), rows);
    EXPECT_EQ(Number("SELECT count(*) FROM t WHERE b = 'row ' || a"), rows);
  }
}

TEST_F(InsertRowsTest, ConflictsAreSettledByTheTail) {
  const std::vector<Value> values = {std::int64_t{1}, std::string("x"), std::int64_t{2}, nullptr};
  const InsertOptions insert = {.head = "INSERT INTO t (a, b)", .columns = 2};
  ASSERT_TRUE(InsertRows(*database_, insert, values).ok());
  EXPECT_EQ(InsertRows(*database_, insert, values).code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(InsertRows(*database_,
                         {.head = "INSERT INTO t (a, b)",
                          .columns = 2,
                          .tail = "ON CONFLICT (a) DO UPDATE SET b = 'new'"},
                         values)
                  .ok());
  EXPECT_EQ(Number("SELECT count(*) FROM t WHERE b = 'new'"), 2);
}

}  // namespace
}  // namespace reeve::sql
