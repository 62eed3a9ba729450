#include "reeve/server/transport/request_id.h"

#include <set>

#include <gtest/gtest.h>

namespace reeve::server {
namespace {

TEST(RequestIdsTest, AreNeverTheSame) {
  std::set<std::string> seen;
  RequestIds a, b;
  std::string id;
  for (int i = 0; i < 1000; ++i) {
    a.Next(id);
    EXPECT_TRUE(seen.insert(id).second);
    EXPECT_TRUE(RequestIds::IsSound(id));
    b.Next(id);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(RequestIdsTest, TakesOnlySoundIdsOfCallers) {
  EXPECT_TRUE(RequestIds::IsSound("t7-31"));
  EXPECT_TRUE(RequestIds::IsSound(std::string(128, 'a')));
  EXPECT_FALSE(RequestIds::IsSound(std::string(129, 'a')));
  EXPECT_FALSE(RequestIds::IsSound(""));
  EXPECT_FALSE(RequestIds::IsSound("a b"));
  EXPECT_FALSE(RequestIds::IsSound("a\xc3\xa4"));
  EXPECT_FALSE(RequestIds::IsSound("a\x7f"));
}

TEST(TraceparentTest, TakesOnlyTheKnownForm) {
  const std::string sound = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_TRUE(IsTraceparent(sound));
  EXPECT_FALSE(IsTraceparent(""));
  EXPECT_FALSE(IsTraceparent(sound + "-x"));
  EXPECT_FALSE(IsTraceparent("01" + sound.substr(2)));
  EXPECT_FALSE(IsTraceparent("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_FALSE(IsTraceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
  EXPECT_FALSE(IsTraceparent("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"));
}

}  // namespace
}  // namespace reeve::server
