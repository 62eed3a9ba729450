#include "reeve/base/id.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(IdTest, HasTheFormOfAVersion4Uuid) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(NewId(), testing::MatchesRegex("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}"));
    EXPECT_THAT(NewUuid(),
                testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]"
                                      "{3}-[0-9a-f]{12}"));
  }
}

TEST(IdTest, IsNeverTheSameTwice) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(ids.insert(NewId()).second);
}

}  // namespace
}  // namespace reeve
