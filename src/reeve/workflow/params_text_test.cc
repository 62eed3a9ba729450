#include "reeve/workflow/params_text.h"

#include <gtest/gtest.h>

namespace reeve::workflow {
namespace {

TEST(ParamsTextTest, OneLine) {
  EXPECT_EQ(ParamsText("boosted", {{"eta", "0.1"}, {"max_depth", "6"}}), "eta=0.1 max_depth=6");
  EXPECT_EQ(ParamsText("logistic", {}), "");
}

TEST(ParamsTextTest, MembersOfAnEnsembleByTheirWeight) {
  EXPECT_EQ(ParamsText("ensemble", {{"1.learner", "boosted"},
                                    {"1.weight", "0.60000001"},
                                    {"1.eta", "0.1"},
                                    {"10.learner", "forest"},
                                    {"10.weight", "0.1"},
                                    {"2.learner", "logistic"},
                                    {"2.weight", "0.3"},
                                    {"members", "3"}}),
            "members=3, 0.6 boosted (eta=0.1), 0.3 logistic, 0.1 forest");
}

}  // namespace
}  // namespace reeve::workflow
