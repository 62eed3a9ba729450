#include "reeve/tuning/assessment.h"

#include <gtest/gtest.h>

namespace reeve::tuning {
namespace {

TEST(CommonRoundsTest, IsWhereTheMeanCurveIsLowest) {
  // Alone the first fold would stop at 2 rounds, the second at 4.
  const std::vector<std::vector<double>> curves = {{5, 1, 2, 3, 4}, {5, 4, 2.5, 2, 6}};
  EXPECT_EQ(CommonRounds(curves), 3);
}

TEST(CommonRoundsTest, LooksNoFurtherThanTheShortestCurve) {
  const std::vector<std::vector<double>> curves = {{3, 2, 1, 0}, {3, 2}};
  EXPECT_EQ(CommonRounds(curves), 2);
}

TEST(CommonRoundsTest, OfEqualsTheFewestAreTaken) {
  const std::vector<std::vector<double>> curves = {{2, 1, 1, 1}};
  EXPECT_EQ(CommonRounds(curves), 2);
}

TEST(CommonRoundsTest, LearnersWithoutRoundsHaveNone) { EXPECT_EQ(CommonRounds({}), 0); }

}  // namespace
}  // namespace reeve::tuning
