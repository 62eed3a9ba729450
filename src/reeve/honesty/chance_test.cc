#include "reeve/honesty/chance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::honesty {
namespace {

std::string Found(const ChanceProblem& problem) {
  const auto warnings = FindChance(problem);
  return warnings.empty() ? "" : warnings.front().message;
}

TEST(ChanceTest, AnIntervalAroundOneHalfIsChance) {
  const std::string message = Found({.out_of_fold = MeasuredAuc{0.52, {0.49, 0.55}},
                                     .test = MeasuredAuc{0.6, {0.55, 0.65}},
                                     .target = "churn"});
  EXPECT_THAT(message, testing::HasSubstr("0.520 (95 % 0.490 to 0.550)"));
  EXPECT_THAT(message, testing::HasSubstr("do not explain churn"));
}

TEST(ChanceTest, AGoodModelIsNot) {
  EXPECT_EQ(Found({.out_of_fold = MeasuredAuc{0.8, {0.78, 0.82}},
                   .test = MeasuredAuc{0.79, {0.75, 0.83}}}),
            "");
  // Weak but sure.
  EXPECT_EQ(Found({.out_of_fold = MeasuredAuc{0.55, {0.54, 0.56}},
                   .test = MeasuredAuc{0.55, {0.53, 0.57}}}),
            "");
}

TEST(ChanceTest, TheLuckiestOfManyTrialsIsChanceWhenTheTestPartDoesNotConfirmIt) {
  const MeasuredAuc lucky{0.56, {0.51, 0.61}};
  EXPECT_THAT(Found({.out_of_fold = lucky, .test = MeasuredAuc{0.5, {0.4, 0.6}}}),
              testing::HasSubstr("AUC of its test part"));
  EXPECT_EQ(Found({.out_of_fold = lucky, .test = MeasuredAuc{0.6, {0.52, 0.68}}}), "");
  // Far enough above 1/2: a small test part that cannot tell changes nothing.
  EXPECT_EQ(Found({.out_of_fold = MeasuredAuc{0.7, {0.65, 0.75}},
                   .test = MeasuredAuc{0.6, {0.45, 0.75}}}),
            "");
}

TEST(ChanceTest, WithoutFoldsTheTestPartDecides) {
  EXPECT_NE(Found({.test = MeasuredAuc{0.5, {0.45, 0.55}}}), "");
  EXPECT_EQ(Found({.test = MeasuredAuc{0.7, {0.65, 0.75}}}), "");
  EXPECT_EQ(Found({}), "");
}

}  // namespace
}  // namespace reeve::honesty
