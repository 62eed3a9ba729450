#include "reeve/server/access/grants.h"

#include "reeve/server/access/test_users.h"

namespace reeve::server {
namespace {

TEST_F(UsersTest, GrantsAreGivenChangedReadAndTaken) {
  const std::int64_t ann = CreateUser(*database_, "ann", kPassword, false)->id;
  ASSERT_TRUE(GiveGrant(*database_, ann, {"experiment", "1", Permission::kRead}).ok());
  ASSERT_TRUE(GiveGrant(*database_, ann, {"experiment", "1", Permission::kEdit}).ok());
  ASSERT_TRUE(GiveGrant(*database_, ann, {"run", "*", Permission::kDeny}).ok());
  EXPECT_EQ(ReadGrants(*database_, ann, std::nullopt)->size(), 2u);
  EXPECT_EQ(ReadGrants(*database_, ann, "2")->size(), 1u);
  EXPECT_EQ(FindOwnGrant(*database_, ann, "experiment", "1")->value(), Permission::kEdit);
  EXPECT_TRUE(*TakeGrant(*database_, ann, "experiment", "1"));
  EXPECT_FALSE(*TakeGrant(*database_, ann, "experiment", "1"));
  EXPECT_FALSE(FindOwnGrant(*database_, ann, "experiment", "1")->has_value());
}

TEST_F(UsersTest, GrantsFollowTheNameOfTheirThing) {
  const std::int64_t ann = CreateUser(*database_, "ann", kPassword, false)->id;
  ASSERT_TRUE(GiveGrant(*database_, ann, {"registered_model", "a", Permission::kManage}).ok());
  ASSERT_TRUE(GiveGrant(*database_, ann, {"registered_model", "b", Permission::kRead}).ok());
  ASSERT_TRUE(RenameGrants(*database_, "registered_model", "a", "b").ok());
  EXPECT_EQ(FindOwnGrant(*database_, ann, "registered_model", "b")->value(), Permission::kManage);
  EXPECT_FALSE(FindOwnGrant(*database_, ann, "registered_model", "a")->has_value());
  ASSERT_TRUE(ForgetGrants(*database_, "registered_model", "b").ok());
  EXPECT_TRUE(ReadGrants(*database_, ann, std::nullopt)->empty());
}

TEST(CheckGrantTest, KnowsTypesPatternsAndPermissions) {
  EXPECT_TRUE(CheckGrant("experiment", "1", "DENY").ok());
  EXPECT_TRUE(CheckGrant("run", "*", "EDIT").ok());
  EXPECT_FALSE(CheckGrant("run", "abc", "EDIT").ok());
  EXPECT_FALSE(CheckGrant("workspace", "*", "READ").ok());
  EXPECT_FALSE(CheckGrant("experiment", "1", "NO_PERMISSIONS").ok());
  EXPECT_NE(CheckGrant("experiment", "1", "OWN").message().find("Invalid permission 'OWN'"),
            std::string::npos);
  EXPECT_NE(CheckGrant("table", "1", "READ").message().find("Invalid resource type 'table'"),
            std::string::npos);
}

TEST(OwnRoleNameTest, IsKnownByItsForm) {
  EXPECT_EQ(OwnRoleName(7), "__user_7__");
  EXPECT_TRUE(IsOwnRoleName("__user_12__"));
  for (const char* const name : {"__user___", "__user_a__", "user_1__", "__user_1_", "__user_"})
    EXPECT_FALSE(IsOwnRoleName(name)) << name;
}

}  // namespace
}  // namespace reeve::server
