#include "reeve/base/user_info.h"

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(UserInfoTest, WhatStandsBeforeTheHostIsHidden) {
  EXPECT_EQ(MaskUserInfo("postgresql://ada:hunter2@db/mlflow"), "postgresql://***@db/mlflow");
  EXPECT_EQ(MaskUserInfo("http://token@h:5000"), "http://***@h:5000");
  EXPECT_EQ(MaskUserInfo("http://ada:a/b@c@h"), "http://***@h");
  EXPECT_EQ(MaskUserInfo("--tracking-uri=http://ada:x@h"), "--tracking-uri=http://***@h");
}

TEST(UserInfoTest, OtherTextsStayAsTheyAre) {
  for (const char* text : {"", "@", "a@b", "models:/loans@champion", "http://h:5000/x", "://"})
    EXPECT_EQ(MaskUserInfo(text), text);
}

}  // namespace
}  // namespace reeve
