#include "reeve/base/environment.h"

#include <cstdlib>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(EnvironmentTest, WhatIsNotSetIsEmpty) {
  ::setenv("REEVE_TEST_VARIABLE", "a b", 1);
  EXPECT_EQ(EnvironmentVariable("REEVE_TEST_VARIABLE"), "a b");
  ::unsetenv("REEVE_TEST_VARIABLE");
  EXPECT_EQ(EnvironmentVariable("REEVE_TEST_VARIABLE"), "");
}

TEST(EnvironmentTest, SwitchesAreTrueOrFalse) {
  constexpr const char* kName = "REEVE_TEST_VARIABLE";
  EXPECT_FALSE(*EnvironmentSwitch(kName));
  for (const auto& [value, expected] : std::map<std::string, bool>{{"true", true},
                                                                   {"TRUE", true},
                                                                   {"1", true},
                                                                   {"", false},
                                                                   {"False", false},
                                                                   {"0", false}}) {
    ::setenv(kName, value.c_str(), 1);
    EXPECT_EQ(*EnvironmentSwitch(kName), expected) << value;
  }
  ::setenv(kName, "yes please", 1);
  EXPECT_EQ(EnvironmentSwitch(kName).status().message(),
            "REEVE_TEST_VARIABLE is \"yes please\", expected true or false");
  ::unsetenv(kName);
}

TEST(EnvironmentTest, AHomeIsAbsoluteOrUnknown) {
  const std::string before = EnvironmentVariable("HOME");
  ::setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(HomeFolder(), "/home/ada");
  ::setenv("HOME", "relative", 1);
  EXPECT_EQ(HomeFolder(), "");
  ::unsetenv("HOME");
  EXPECT_TRUE(HomeFolder().empty() || HomeFolder().starts_with('/'));
  ::setenv("HOME", before.c_str(), 1);
}

}  // namespace
}  // namespace reeve
