#include "reeve/sql/open.h"

#include <gtest/gtest.h>

#include "reeve/base/test_folder.h"

namespace reeve::sql {
namespace {

TEST(OpenTest, ReadsPathsOfSqlite) {
  EXPECT_EQ(SqlitePath("sqlite:///a.db"), "a.db");
  EXPECT_EQ(SqlitePath("sqlite:////b/a.db"), "/b/a.db");
  for (const char* uri : {"sqlite:///", "sqlite://", "sqlite:///a.db?mode=ro", "a.db", "",
                          "sqlite:///:memory:", "http://a"}) {
    EXPECT_EQ(SqlitePath(uri), std::nullopt) << uri;
  }
}

TEST(OpenTest, OpensAFileByItsUri) {
  const TestFolder folder;
  const Result<std::unique_ptr<Database>> database = Open("sqlite:///" + folder.Path("a.db"), {});
  ASSERT_TRUE(database.ok()) << database.status().message();
  EXPECT_EQ((*database)->dialect(), Dialect::kSqlite);
  EXPECT_EQ((*database)->name(), folder.Path("a.db"));
}

TEST(OpenTest, NamesAnUnknownKind) {
  const Result<std::unique_ptr<Database>> database = Open("mysql://a/b", {});
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace reeve::sql
