#include "reeve/server/auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/digest.h"

namespace reeve::server {
namespace {

using Verdict = Authenticator::Verdict;

constexpr char kScoreToken[] = "score-token-0123456789";
constexpr char kReadToken[] = "read-token-0123456789";
constexpr char kAdminToken[] = "admin-token-0123456789";

Authenticator MakeAuthenticator() {
  auto made = Authenticator::Make({{"s", Role::kScore, kScoreToken, ""},
                                   {"r", Role::kRead, kReadToken, ""},
                                   {"a", Role::kAdmin, "", Sha256(kAdminToken)}});
  EXPECT_TRUE(made.ok());
  return std::move(made).value();
}

std::string Bearer(const char* token) { return std::string("Bearer ") + token; }

TEST(AuthenticatorTest, RolesCoverWhatTheySay) {
  const auto auth = MakeAuthenticator();
  const struct {
    const char* token;
    Verdict score, read, admin;
  } cases[] = {
      {kScoreToken, Verdict::kAllowed, Verdict::kForbidden, Verdict::kForbidden},
      {kReadToken, Verdict::kForbidden, Verdict::kAllowed, Verdict::kForbidden},
      {kAdminToken, Verdict::kAllowed, Verdict::kAllowed, Verdict::kAllowed},
      {"some-other-token-0123", Verdict::kUnknown, Verdict::kUnknown, Verdict::kUnknown},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.token);
    EXPECT_EQ(auth.Check(Bearer(c.token), Role::kScore), c.score);
    EXPECT_EQ(auth.Check(Bearer(c.token), Role::kRead), c.read);
    EXPECT_EQ(auth.Check(Bearer(c.token), Role::kAdmin), c.admin);
    EXPECT_EQ(auth.Check(Bearer(c.token), Role::kPublic), Verdict::kAllowed);
  }
}

TEST(AuthenticatorTest, OnlyBearerTokensCount) {
  const auto auth = MakeAuthenticator();
  EXPECT_EQ(auth.Check("", Role::kScore), Verdict::kMissing);
  EXPECT_EQ(auth.Check("", Role::kPublic), Verdict::kAllowed);
  EXPECT_EQ(auth.Check("Basic dXNlcjpwYXNz", Role::kScore), Verdict::kMissing);
  EXPECT_EQ(auth.Check("Bearer", Role::kScore), Verdict::kMissing);
  EXPECT_EQ(auth.Check("Bearer ", Role::kScore), Verdict::kMissing);
  EXPECT_EQ(auth.Check(kScoreToken, Role::kScore), Verdict::kMissing);
  EXPECT_EQ(auth.Check(std::string("bearer ") + kScoreToken, Role::kScore), Verdict::kAllowed);
  EXPECT_EQ(auth.Check(Bearer(kScoreToken) + "x", Role::kScore), Verdict::kUnknown);
}

TEST(AuthenticatorTest, WithoutTokensEverythingIsOpen) {
  EXPECT_EQ(Authenticator::Make({})->Check("", Role::kAdmin), Verdict::kAllowed);
}

TEST(AuthenticatorTest, RefusesUnsoundTokensWithoutShowingThem) {
  const std::vector<TokenOptions> unsound[] = {
      {{"name", Role::kScore, "short", ""}},
      {{"name", Role::kScore, "with blanks in the token", ""}},
      {{"name", Role::kScore, "", ""}},
      {{"name", Role::kScore, kScoreToken, Sha256("x")}},
      {{"name", Role::kScore, "", "12ab"}},
      {{"name", Role::kScore, "", std::string(64, 'g')}},
      {{"name", Role::kPublic, kScoreToken, ""}},
      {{"other", Role::kScore, kScoreToken, ""}, {"name", Role::kRead, "", Sha256(kScoreToken)}},
  };
  for (const auto& tokens : unsound) {
    const auto made = Authenticator::Make(tokens);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(made.status().message(), testing::HasSubstr("\"name\""));
    if (!tokens.back().token.empty()) {
      EXPECT_THAT(made.status().message(), testing::Not(testing::HasSubstr(tokens.back().token)));
    }
  }
}

}  // namespace
}  // namespace reeve::server
