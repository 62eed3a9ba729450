#include "reeve/table/probabilities.h"

#include <limits>

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(ProbabilitiesTest, StoresRowAfterRow) {
  Probabilities probabilities(2, 3);
  probabilities.mutable_row(1)[2] = 0.5;
  EXPECT_EQ(probabilities.at(1, 2), 0.5);
  EXPECT_EQ(probabilities.row(1)[2], 0.5);
  EXPECT_EQ(probabilities.values[5], 0.5);
  EXPECT_EQ(probabilities.row(0).size(), 3u);
}

TEST(DecideTest, OfTwoClassesThePositiveOneFromTheThresholdOn) {
  const double row[] = {0.6, 0.4};
  EXPECT_EQ(Decide(row, 0.4), 1);
  EXPECT_EQ(Decide(row, 0.4000001), 0);
  EXPECT_EQ(Decide(row, 0), 1);
  EXPECT_EQ(Decide(row, std::numeric_limits<double>::infinity()), 0);
}

TEST(DecideTest, OfMoreClassesTheFirstMostProbable) {
  const double row[] = {0.2, 0.4, 0.4};
  for (const double threshold : {0.0, 0.5, 1.0}) EXPECT_EQ(Decide(row, threshold), 1);
  const double only[] = {1.0};
  EXPECT_EQ(Decide(only, 0.5), 0);
}

}  // namespace
}  // namespace reeve
