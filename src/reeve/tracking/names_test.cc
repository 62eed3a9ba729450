#include "reeve/tracking/names.h"

#include <gtest/gtest.h>

namespace reeve::tracking {
namespace {

TEST(CheckModelNameTest, TakesWhatMlflowTakes) {
  for (const char* name : {"loans", "loan approval", "a.b", "Kredite \xC3\xA4", "a-b_c@1", "1"})
    EXPECT_TRUE(CheckModelName(name).ok()) << name;
  for (const std::string& name :
       {std::string(), std::string("  "), std::string("a/b"), std::string("a:b"), std::string("."),
        std::string(".."), std::string("a\nb"), std::string(257, 'x')}) {
    const Status status = CheckModelName(name);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << name;
    EXPECT_NE(status.message().find("expected"), std::string::npos);
    EXPECT_EQ(status.message().find('\n'), std::string::npos);
  }
}

TEST(CheckAliasTest, TakesWhatMlflowTakes) {
  for (const char* alias : {"champion", "Champion_2", "a-b", "7", "v", "version1", "\xC3\xA4"})
    EXPECT_TRUE(CheckAlias(alias).ok()) << alias;
  for (const std::string& alias :
       {std::string(), std::string("latest"), std::string("Latest"), std::string("v1"),
        std::string("V10"), std::string("a b"), std::string("a/b"), std::string("a:b"),
        std::string("a@b"), std::string("a.b"), std::string(256, 'x')}) {
    EXPECT_EQ(CheckAlias(alias).code(), StatusCode::kInvalidArgument) << alias;
  }
}

}  // namespace
}  // namespace reeve::tracking
