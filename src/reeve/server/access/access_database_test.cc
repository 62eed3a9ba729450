#include "reeve/server/access/access_database.h"

#include "reeve/server/access/test_users.h"
#include "reeve/sql/open.h"

namespace reeve::server {
namespace {

TEST_F(UsersTest, ADatabaseOpensAgainWithWhatItHolds) {
  ASSERT_TRUE(CreateUser(*database_, "ann", kPassword, false).ok());
  const auto again = OpenAccessDatabase(uri_, {.create = false});
  ASSERT_TRUE(again.ok()) << again.status().message();
  EXPECT_TRUE(ReadUser(**again, "ann").ok());
}

TEST_F(UsersTest, TablesOfAnOlderVersionAreRefusedWithTheWayOut) {
  ASSERT_TRUE(database_->Run("UPDATE alembic_version_auth SET version_num = 'c3d4e5f6a7b8'").ok());
  const auto old = OpenAccessDatabase(uri_, {});
  EXPECT_EQ(old.status().code(), StatusCode::kRequirementUnmet);
  EXPECT_NE(old.status().message().find("db upgrade"), std::string::npos) << old.status().message();
  ASSERT_TRUE(database_->Run("UPDATE alembic_version_auth SET version_num = 'ffffffffffff'").ok());
  EXPECT_TRUE(OpenAccessDatabase(uri_, {}).ok());
}

}  // namespace
}  // namespace reeve::server
