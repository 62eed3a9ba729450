#include "reeve/server/access/password_hash.h"

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

TEST(PasswordHashTest, WhatItMakesItKnowsAgain) {
  const auto hash = HashPassword("correct horse battery");
  ASSERT_TRUE(hash.ok()) << hash.status().message();
  EXPECT_TRUE(hash->starts_with("scrypt:32768:8:1$"));
  EXPECT_EQ(hash->size(), std::string("scrypt:32768:8:1$").size() + 16 + 1 + 128);
  EXPECT_TRUE(IsPassword("correct horse battery", *hash));
  EXPECT_FALSE(IsPassword("correct horse battery ", *hash));
  EXPECT_NE(*HashPassword("correct horse battery"), *hash) << "the salt is the same";
}

// From werkzeug.security.generate_password_hash of Werkzeug 3.
TEST(PasswordHashTest, KnowsWerkzeugsHashes) {
  for (const char* const hash :
       {"scrypt:32768:8:1$TX7MQ33k1aP8FjdL$"
        "39e3536693b65e52c36ec35b8be4bddb6fb08f59616e39341295c5aa0d224819dd90ec549f31b4c0"
        "b626b36637f9801cef3b8756dd27302a0743136e0864c6c2",
        "pbkdf2:sha256:1000$I5RTzH3enD2MIe1t$"
        "42a70b7223f0e792858812c8f41bb6910c739dcda205a107195de210490757db",
        "scrypt:1024:8:1$PnRiELdYojLlACfs$"
        "d95399ecf4d072e8e1d5a9232c621e6ea82e178ae5bb169b96504165e086ea5cfa55a70ee4bbb189"
        "181ef0425519d30dca87fddcc886d5c22f697ff63a978fb1",
        "pbkdf2:sha512:10$ebm2infufBRECuuz$"
        "959e9e3a24df16e3386577cf3a5b9051dc951e43ffc4b6bc7142b2ed3b5818519b00d77a3a0bd332"
        "60a6033a6737311164576f61d2e201bb1b5d352e40b54dbb"}) {
    EXPECT_TRUE(IsPassword("correct horse battery", hash)) << hash;
    EXPECT_FALSE(IsPassword("Correct horse battery", hash)) << hash;
  }
}

TEST(PasswordHashTest, WhatIsNoHashIsNobodysPassword) {
  for (const char* const hash :
       {"", "scrypt", "$$", "plain$salt$secret", "scrypt:32768:8$s$00", "scrypt:0:8:1$s$00",
        "scrypt:1048576:64:16$s$00", "scrypt:99999999999999999999:8:1$s$00", "scrypt:1000:8:1$s$00",
        "pbkdf2:sha256:0$s$00", "pbkdf2:md5:10$s$00", "pbkdf2:sha256:99999999999$s$00",
        "scrypt:1024:8:1$salt$"}) {
    EXPECT_FALSE(IsPassword("", hash)) << hash;
    EXPECT_FALSE(IsPassword("secret", hash)) << hash;
  }
  EXPECT_FALSE(IsPassword("", NobodysHash()));
}

}  // namespace
}  // namespace reeve::server
