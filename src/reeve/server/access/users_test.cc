#include "reeve/server/access/users.h"

#include "reeve/server/access/grants.h"
#include "reeve/server/access/password_hash.h"
#include "reeve/server/access/test_users.h"

namespace reeve::server {
namespace {

TEST_F(UsersTest, AUserIsMadeReadChangedAndDeleted) {
  const auto made = CreateUser(*database_, "ann", kPassword, false);
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_TRUE(IsPassword(kPassword, made->password_hash));
  EXPECT_FALSE(*HasAdmin(*database_));
  ASSERT_TRUE(SetAdmin(*database_, "ann", true).ok());
  EXPECT_TRUE(*HasAdmin(*database_));
  ASSERT_TRUE(SetPassword(*database_, "ann", "another password").ok());
  EXPECT_TRUE(IsPassword("another password", ReadUser(*database_, "ann")->password_hash));
  EXPECT_EQ(ListUsers(*database_)->size(), 1u);
  ASSERT_TRUE(DeleteUser(*database_, "ann").ok());
  EXPECT_EQ(ReadUser(*database_, "ann").status().message(), "User with username=ann not found");
}

TEST_F(UsersTest, WhatIsGrantedToAUserGoesWithThem) {
  const auto ann = CreateUser(*database_, "ann", kPassword, false);
  ASSERT_TRUE(GiveGrant(*database_, ann->id, {"experiment", "1", Permission::kManage}).ok());
  ASSERT_TRUE(DeleteUser(*database_, "ann").ok());
  auto rows = database_->Prepare("SELECT count(*) FROM role_permissions");
  ASSERT_TRUE(*rows->Step());
  EXPECT_EQ(rows->Integer(0), 0);
}

TEST_F(UsersTest, NamesAndPasswordsHaveRules) {
  ASSERT_TRUE(CreateUser(*database_, "ann", kPassword, false).ok());
  EXPECT_EQ(CreateUser(*database_, "ann", kPassword, false).status().code(),
            StatusCode::kAlreadyExists);
  EXPECT_EQ(CreateUser(*database_, "", kPassword, false).status().message(),
            "Username cannot be empty.");
  EXPECT_FALSE(CreateUser(*database_, "a:b", kPassword, false).ok());
  EXPECT_EQ(CreateUser(*database_, "bob", "short", false).status().message(),
            "Password must be at least 12 characters.");
  EXPECT_FALSE(SetPassword(*database_, "ann", std::string(5000, 'x')).ok());
  EXPECT_EQ(SetPassword(*database_, "bob", kPassword).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace reeve::server
