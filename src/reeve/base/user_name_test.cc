#include "reeve/base/user_name.h"

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(UserNameTest, IsNeverEmptyAndStaysTheSame) {
  EXPECT_FALSE(UserName().empty());
  EXPECT_EQ(UserName(), UserName());
}

}  // namespace
}  // namespace reeve
