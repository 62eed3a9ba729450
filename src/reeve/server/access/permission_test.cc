#include "reeve/server/access/permission.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

constexpr auto kRead = Permission::kRead;
constexpr auto kManage = Permission::kManage;
constexpr auto kDeny = Permission::kDeny;
constexpr auto kNone = Permission::kNone;

TEST(PermissionTest, EachIncludesTheOneBefore) {
  EXPECT_FALSE(Allows(kNone, Action::kRead));
  EXPECT_FALSE(Allows(kDeny, Action::kRead));
  EXPECT_TRUE(Allows(kRead, Action::kRead));
  EXPECT_FALSE(Allows(kRead, Action::kUse));
  EXPECT_FALSE(Allows(Permission::kUse, Action::kUpdate));
  EXPECT_TRUE(Allows(Permission::kEdit, Action::kUpdate));
  EXPECT_FALSE(Allows(Permission::kEdit, Action::kDelete));
  EXPECT_TRUE(Allows(kManage, Action::kManage));
}

TEST(PermissionTest, WordsAreMlflows) {
  for (const char* const word : {"READ", "USE", "EDIT", "MANAGE", "NO_PERMISSIONS", "DENY"}) {
    const auto permission = ParsePermission(word);
    ASSERT_TRUE(permission) << word;
    EXPECT_EQ(PermissionWord(*permission), word);
  }
  EXPECT_FALSE(ParsePermission("read"));
}

TEST(GrantSetTest, TheDefaultHoldsWhereNothingIsSaidAndIsTheLeast) {
  const GrantSet grants({{"experiment", "1", kRead}, {"experiment", "2", kManage}},
                        Permission::kUse);
  EXPECT_EQ(grants.On("experiment", "9"), Permission::kUse);
  EXPECT_EQ(grants.On("experiment", "1"), Permission::kUse);
  EXPECT_EQ(grants.On("experiment", "2"), kManage);
  EXPECT_EQ(grants.On("registered_model", "2"), Permission::kUse);
}

TEST(GrantSetTest, ADenialBeatsEverythingOnItsThing) {
  const GrantSet grants({{"experiment", "*", kManage}, {"experiment", "2", kDeny}}, kManage);
  EXPECT_EQ(grants.On("experiment", "1"), kManage);
  EXPECT_EQ(grants.On("experiment", "2"), kDeny);
}

TEST(GrantSetTest, GrantsOnAPartComeFirst) {
  const GrantSet grants({{"experiment", "1", kRead}, {"run", "*", Permission::kEdit}}, kNone);
  EXPECT_EQ(grants.OnPart("run", "experiment", "1"), Permission::kEdit);
  EXPECT_EQ(grants.OnPart("logged_model", "experiment", "1"), kRead);
  EXPECT_EQ(grants.OnPart("logged_model", "experiment", "2"), kNone);
}

TEST(GrantSetTest, WhoManagesTheWorkspaceManagesAll) {
  const GrantSet grants({{"workspace", "*", kManage}, {"experiment", "1", kDeny}}, kNone);
  EXPECT_TRUE(grants.manages_all());
  EXPECT_EQ(grants.On("experiment", "1"), kManage);
  EXPECT_FALSE(GrantSet({{"workspace", "*", Permission::kUse}}, kManage).manages_all());
}

TEST(GrantSetTest, NamesAreSortedAndSingle) {
  const GrantSet grants({{"experiment", "2", kRead},
                         {"experiment", "*", kRead},
                         {"experiment", "1", kRead},
                         {"experiment", "2", kManage}},
                        kNone);
  EXPECT_EQ(grants.Named("experiment"), (std::vector<std::string>{"1", "2"}));
}

}  // namespace
}  // namespace reeve::server
