#include "reeve/server/access/roles.h"

#include "reeve/server/access/grants.h"
#include "reeve/server/access/test_users.h"

namespace reeve::server {
namespace {

TEST_F(UsersTest, WhatARoleHoldsIsGrantedToWhoeverHasIt) {
  const std::int64_t ann = CreateUser(*database_, "ann", kPassword, false)->id;
  const auto role = CreateRole(*database_, {.name = "readers", .workspace = "default"});
  ASSERT_TRUE(role.ok()) << role.status().message();
  const auto grant = AddRoleGrant(
      *database_,
      {.role_id = role->id, .type = "experiment", .pattern = "*", .permission = "READ"});
  ASSERT_TRUE(grant.ok()) << grant.status().message();
  EXPECT_TRUE(ReadGrants(*database_, ann, std::nullopt)->empty());
  ASSERT_TRUE(AssignRole(*database_, ann, role->id).ok());
  EXPECT_EQ(ReadGrants(*database_, ann, "5")->size(), 1u);
  ASSERT_TRUE(UpdateRoleGrant(*database_, grant->id, "EDIT").ok());
  EXPECT_EQ(ReadGrants(*database_, ann, "5")->front().permission, Permission::kEdit);
  EXPECT_EQ(RolesOfUser(*database_, ann)->front().grants.front().permission, "EDIT");
  EXPECT_EQ(RolesByUser(*database_)->at(ann).size(), 1u);
  EXPECT_EQ(ListAssignments(*database_, role->id)->size(), 1u);
  ASSERT_TRUE(UnassignRole(*database_, ann, role->id).ok());
  EXPECT_TRUE(ReadGrants(*database_, ann, "5")->empty());
  ASSERT_TRUE(RemoveRoleGrant(*database_, grant->id).ok());
  ASSERT_TRUE(DeleteRole(*database_, role->id).ok());
  EXPECT_EQ(ReadRole(*database_, role->id).status().code(), StatusCode::kNotFound);
}

TEST_F(UsersTest, RolesAreOneOfAKindAndNoUsersOwn) {
  const auto role =
      CreateRole(*database_, {.name = "a", .workspace = "default", .description = "of all"});
  ASSERT_TRUE(role.ok());
  EXPECT_EQ(CreateRole(*database_, {.name = "a", .workspace = "default"}).status().code(),
            StatusCode::kAlreadyExists);
  EXPECT_FALSE(CreateRole(*database_, {.name = "__user_1__", .workspace = "default"}).ok());
  EXPECT_FALSE(UpdateRole(*database_, role->id, "__user_1__", std::nullopt).ok());
  EXPECT_EQ(UpdateRole(*database_, role->id, "b", std::nullopt)->description, "of all");
  EXPECT_EQ(ListRoles(*database_, "default")->front().name, "b");
  EXPECT_TRUE(ListRoles(*database_, "other")->empty());
  EXPECT_EQ(AssignRole(*database_, 1, 99).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(RemoveRoleGrant(*database_, 99).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace reeve::server
