#include "reeve/base/cancellation.h"

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(CancellationTest, RemembersTheFirstSignal) {
  Cancellation cancellation;
  EXPECT_TRUE(cancellation.Check().ok());
  EXPECT_EQ(cancellation.signal(), 0);
  cancellation.Request(15);
  cancellation.Request(2);
  EXPECT_EQ(cancellation.signal(), 15);
  EXPECT_EQ(cancellation.Check().code(), StatusCode::kCancelled);
}

TEST(CancellationTest, NeedsNoSignal) {
  Cancellation cancellation;
  cancellation.Request();
  EXPECT_TRUE(cancellation.requested());
  EXPECT_EQ(cancellation.signal(), 0);
  EXPECT_FALSE(Cancellation::Never().requested());
}

}  // namespace
}  // namespace reeve
