#include "reeve/learners/growing_steps.h"

#include <gtest/gtest.h>

namespace reeve::learners {
namespace {

TEST(GrowingStepsTest, GrowAsTheRoundsDoOnceATenthIsLeft) {
  GrowingSteps steps(0.05);
  EXPECT_EQ(steps.Growth(0, 0.7), 1);
  EXPECT_EQ(steps.Growth(50, 0.08), 1);
  EXPECT_EQ(steps.Growth(100, 0.06), 1);
  EXPECT_EQ(steps.Growth(150, 0.05), 1.5);
  EXPECT_EQ(steps.Growth(200, 0.08), 2);  // no way back
  EXPECT_DOUBLE_EQ(steps.Growth(5000, 0.01), 6);
}

TEST(GrowingStepsTest, LargeStepsStayAsTheyAre) {
  GrowingSteps steps(0.5);
  EXPECT_EQ(steps.Growth(0, 0.7), 1);
  EXPECT_EQ(steps.Growth(10, 0.01), 1);
  EXPECT_EQ(steps.Growth(1000, 0.001), 1);
}

}  // namespace
}  // namespace reeve::learners
