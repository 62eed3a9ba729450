#include "reeve/server/access/login.h"

#include <openssl/evp.h>

#include "reeve/server/access/test_users.h"

namespace reeve::server {
namespace {

std::string Basic(const std::string& text) {
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return "Basic " + encoded;
}

class LoginTest : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(CreateUser(*database_, "ann", kPassword, false).ok());
    ASSERT_TRUE(CreateUser(*database_, "root", kPassword, true).ok());
    auto tokens = Authenticator::Make(
        {{.name = "t", .role = Role::kWrite, .token = "0123456789abcdef", .user = "robot"}});
    ASSERT_TRUE(tokens.ok()) << tokens.status().message();
    tokens_ = std::move(*tokens);
    login_ = std::make_unique<Login>(tokens_, &pool_,
                                     LoginOptions{.failures = {.most = 2, .seconds = 60}}, clock_);
  }

  Login::Outcome Identify(const std::string& authorization) {
    const auto outcome = login_->Identify(authorization, "10.0.0.1:5");
    EXPECT_TRUE(outcome.ok());
    return outcome.ok() ? *outcome : Login::Outcome{};
  }

  HandClock clock_;
  Authenticator tokens_;
  std::unique_ptr<Login> login_;
};

TEST_F(LoginTest, UsersComeWithTheirPasswordsAndRights) {
  const auto ann = Identify(Basic("ann:" + std::string(kPassword))).caller;
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->name, "ann");
  EXPECT_TRUE(ann->user_id);
  EXPECT_EQ(ann->role, Role::kWrite);
  const auto root = Identify(Basic("root:" + std::string(kPassword))).caller;
  ASSERT_TRUE(root);
  EXPECT_EQ(root->role, Role::kAdmin);
  EXPECT_FALSE(root->user_id);
}

TEST_F(LoginTest, TokensComeAsBearerOrAsThePasswordOfAnyName) {
  for (const std::string& sent :
       {std::string("Bearer 0123456789abcdef"), Basic("anybody:0123456789abcdef")}) {
    const auto robot = Identify(sent).caller;
    ASSERT_TRUE(robot) << sent;
    EXPECT_EQ(robot->name, "robot");
    EXPECT_EQ(robot->role, Role::kWrite);
    EXPECT_FALSE(robot->user_id);
  }
}

TEST_F(LoginTest, WhatIsWrongIsRefusedAndAfterAWhileNotLookedAt) {
  EXPECT_FALSE(Identify("").is_wrong);
  ASSERT_TRUE(Identify(Basic("ann:" + std::string(kPassword))).caller);
  EXPECT_TRUE(Identify(Basic("ann:wrong password")).is_wrong);
  EXPECT_TRUE(Identify("Bearer unknown-token-here").is_wrong);
  EXPECT_EQ(Identify(Basic("root:" + std::string(kPassword))).wait_seconds, 60);
  EXPECT_TRUE(Identify(Basic("ann:" + std::string(kPassword))).caller) << "known to be right";
  EXPECT_TRUE(Identify("Bearer 0123456789abcdef").caller);
}

TEST_F(LoginTest, TakesLongWhereAPasswordHasToBeChecked) {
  const std::string ann = Basic("ann:" + std::string(kPassword));
  EXPECT_TRUE(login_->TakesLong(ann));
  ASSERT_TRUE(Identify(ann).caller);
  EXPECT_FALSE(login_->TakesLong(ann));
  const std::string wrong = Basic("ann:wrong password");
  EXPECT_FALSE(Identify(wrong).caller);
  EXPECT_TRUE(login_->TakesLong(wrong));
  EXPECT_FALSE(login_->TakesLong("Bearer 0123456789abcdef"));
  EXPECT_FALSE(login_->TakesLong(""));
  clock_.seconds += 301;
  EXPECT_TRUE(login_->TakesLong(ann));
}

TEST_F(LoginTest, ANewPasswordEndsTheOldOneAtOnce) {
  ASSERT_TRUE(Identify(Basic("ann:" + std::string(kPassword))).caller);
  ASSERT_TRUE(SetPassword(*database_, "ann", "another password").ok());
  EXPECT_TRUE(Identify(Basic("ann:" + std::string(kPassword))).is_wrong);
  EXPECT_TRUE(Identify(Basic("ann:another password")).caller);
}

TEST_F(LoginTest, MalformedHeadersAreWrong) {
  Login patient(tokens_, &pool_, {}, clock_);
  for (const std::string& sent :
       {std::string("Basic"), std::string("Basic !!!!"), std::string("Basic YQ=="), Basic("ann"),
        Basic("ann:\xff\xfe"), std::string("Digest abc"), std::string("Bearer ")}) {
    const auto outcome = patient.Identify(sent, "10.0.0.1:5");
    ASSERT_TRUE(outcome.ok());
    EXPECT_TRUE(outcome->is_wrong) << sent;
  }
}

}  // namespace
}  // namespace reeve::server
