#include "reeve/tracking/run_name.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/id.h"

namespace reeve::tracking {
namespace {

TEST(ReadableRunNameTest, IsAColourABirdAndANumber) {
  for (int i = 0; i < 200; ++i)
    EXPECT_THAT(ReadableRunName(NewId()), testing::MatchesRegex("[a-z]+-[a-z]+-[0-9]{1,3}"));
}

TEST(ReadableRunNameTest, SameIdGivesSameName) {
  const std::string id = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(ReadableRunName(id), ReadableRunName(id));
  EXPECT_EQ(ReadableRunName(""), ReadableRunName(""));
}

TEST(ReadableRunNameTest, DifferentIdsSeldomShareAName) {
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) names.insert(ReadableRunName("run" + std::to_string(i)));
  EXPECT_GT(names.size(), 990u);
}

}  // namespace
}  // namespace reeve::tracking
