#include "reeve/sql/many_rows.h"

#include <set>

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"
#include "reeve/sql/open.h"

namespace reeve::sql {
namespace {

class ManyRowsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    database_ = std::move(*Open("sqlite:///" + folder_.Path("x.db"), {}));
    ASSERT_TRUE(database_->RunScript("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)").ok());
  }
  std::int64_t Insert(std::int64_t count) {
    std::vector<Parameter> values;
    for (std::int64_t i = 0; i < count; ++i) values.insert(values.end(), {i, "x"});
    const Result<std::int64_t> changed = InsertRows(
        *database_,
        {.into = "INSERT INTO t (a, b)", .columns = 2, .behind = "ON CONFLICT DO NOTHING"}, values);
    EXPECT_TRUE(changed.ok()) << changed.status().message();
    return changed.ok() ? *changed : -1;
  }
  std::int64_t Count() {
    Statement row = *database_->Prepare("SELECT count(*) FROM t");
    EXPECT_TRUE(*row.Step());
    return row.Integer(0);
  }
  TestFolder folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(ManyRowsTest, AnyNumberIsWrittenAndCounted) {
  std::int64_t before = 0;
  for (const std::int64_t count : {0, 1, 2, 3, 7, 127, 128, 129, 1000, 1000}) {
    EXPECT_EQ(Insert(count), count - before);
    EXPECT_EQ(Count(), count);
    before = count;
  }
}

TEST_F(ManyRowsTest, EachKeyIsFoundOnce) {
  Insert(2600);
  for (const std::size_t count : {0U, 1U, 3U, 1024U, 1025U, 2500U}) {
    std::vector<Parameter> keys;
    for (std::size_t i = 0; i < count; ++i) keys.emplace_back(static_cast<std::int64_t>(i));
    std::multiset<std::int64_t> found;
    ASSERT_TRUE(SelectForKeys(*database_,
                              {.select = "SELECT a FROM t WHERE a >= ? AND a IN",
                               .behind = "AND b = ?",
                               .first = {std::int64_t{1}},
                               .last = {"x"}},
                              keys,
                              [&](const Statement& row) {
                                found.insert(row.Integer(0));
                                return Status::Ok();
                              })
                    .ok());
    EXPECT_EQ(found.size(), count == 0 ? 0 : count - 1);
    EXPECT_EQ(std::set<std::int64_t>(found.begin(), found.end()).size(), found.size());
  }
}

TEST_F(ManyRowsTest, AFailureEndsIt) {
  Insert(5);
  int rows = 0;
  const Status status = SelectForKeys(*database_, {.select = "SELECT a FROM t WHERE a IN"},
                                      std::vector<Parameter>{std::int64_t{1}, std::int64_t{2}},
                                      [&](const Statement&) {
                                        ++rows;
                                        return Status::Internal("enough");
                                      });
  EXPECT_EQ(status.message(), "enough");
  EXPECT_EQ(rows, 1);
}

}  // namespace
}  // namespace reeve::sql
