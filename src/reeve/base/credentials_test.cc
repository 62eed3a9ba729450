#include "reeve/base/credentials.h"

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(CredentialsTest, UserAndPasswordOfAUrlAreMasked) {
  EXPECT_EQ(MaskCredentials("postgresql://ada:hunter2@db/mlflow"), "postgresql://***@db/mlflow");
  EXPECT_EQ(MaskCredentials("https://ada@h/x"), "https://***@h/x");
  EXPECT_EQ(MaskCredentials("postgresql://ada:hun/te@r2@db"), "postgresql://***@db");
  EXPECT_EQ(MaskCredentials("--tracking-uri=http://a:b@h"), "--tracking-uri=http://***@h");
  EXPECT_EQ(MaskCredentials("sqlite:///a@b.db"), "sqlite://***@b.db");
}

TEST(CredentialsTest, SettingsThatArePasswordsAreMasked) {
  EXPECT_EQ(MaskCredentials("postgresql://h/m?user=a&password=hunter2&sslmode=require"),
            "postgresql://h/m?user=a&password=***&sslmode=require");
  EXPECT_EQ(MaskCredentials("postgresql:///m?sslpassword=hun@ter2&password="),
            "postgresql:///m?sslpassword=***&password=***");
}

TEST(CredentialsTest, OtherTextsStay) {
  for (const char* text : {"", "a@b", "ada@example.org", "http://h/x", "password=1", "://"}) {
    EXPECT_EQ(MaskCredentials(text), text);
  }
}

}  // namespace
}  // namespace reeve
