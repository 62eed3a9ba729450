#include "reeve/server/access/verified_logins.h"

#include "reeve/server/access/test_users.h"

namespace reeve::server {
namespace {

TEST(VerifiedLoginsTest, CountForAWhileAndForTheirHashOnly) {
  HandClock clock;
  VerifiedLogins logins(60, 10, clock);
  logins.Add("ann", "secret", "hash");
  EXPECT_TRUE(logins.Has("ann", "secret", "hash"));
  EXPECT_FALSE(logins.Has("ann", "secret", "another hash"));
  EXPECT_FALSE(logins.Has("ann", "secre", "thash"));
  EXPECT_FALSE(logins.Has("bob", "secret", "hash"));
  clock.seconds += 61;
  EXPECT_FALSE(logins.Has("ann", "secret", "hash"));
}

TEST(VerifiedLoginsTest, AreBounded) {
  HandClock clock;
  VerifiedLogins logins(60, 2, clock);
  for (const char* const name : {"a", "b", "c"}) logins.Add(name, "secret", "hash");
  const int kept = logins.Has("a", "secret", "hash") + logins.Has("b", "secret", "hash") +
                   logins.Has("c", "secret", "hash");
  EXPECT_LE(kept, 2);
  EXPECT_TRUE(logins.Has("c", "secret", "hash"));
}

}  // namespace
}  // namespace reeve::server
