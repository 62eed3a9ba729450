#include "reeve/workflow/cost_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reeve::workflow {
namespace {

const std::vector<std::string> kTwo = {"no", "yes"}, kThree = {"apple", "fig", "pear"};
const evaluation::CostSummary kOfTwo{
    .rows = 200, .chosen = 0.25, .plain = 0.5, .always = {2, 0.75}};
const evaluation::CostSummary kOfThree{
    .rows = 100, .chosen = 0.5, .plain = 1, .always = {3, 0.75, 2}};

std::vector<std::string> RulesOf(const std::vector<report::CostLine>& lines) {
  std::vector<std::string> rules;
  for (const report::CostLine& line : lines) rules.push_back(line.rule);
  return rules;
}

TEST(CostAnswerTest, TwoClassesAreToldByThresholdAndClass) {
  EXPECT_EQ(CostsToJson(kOfTwo, kTwo), Json::parse(R"({"rows":200,"per_row":0.25,"total":50.0,
      "at_half":0.5,"always_yes":0.75,"always_no":2.0})"));
  EXPECT_EQ(CostText(kOfTwo, kTwo, " (test)"),
            "Cost per row 0.2500 (test); at 0.5: 0.5000, always yes: 0.7500, always no: 2.0000\n");
  const auto lines = CostLines({.out_of_fold = &kOfTwo}, 0.2, kTwo);
  EXPECT_THAT(RulesOf(lines),
              testing::ElementsAre("threshold 0.2000", "threshold 0.5", "always yes", "never yes"));
  EXPECT_FALSE(lines[0].test.has_value());
  EXPECT_EQ(lines[3].out_of_fold->total, 400);
}

TEST(CostAnswerTest, ATotalIsWhatTheRowsCost) {
  const evaluation::CostSummary costs{
      .rows = 346, .chosen = 23.0 / 346, .plain = 1, .always = {1, 1}};
  EXPECT_EQ(CostsToJson(costs, kTwo)["total"], 23.0);
}

TEST(CostAnswerTest, MoreClassesAreToldByTheCheapestConstantDecision) {
  EXPECT_EQ(CostsToJson(kOfThree, kThree), Json::parse(R"({"rows":100,"per_row":0.5,"total":50.0,
      "most_probable":1.0,"always":{"apple":3.0,"fig":0.75,"pear":2.0}})"));
  EXPECT_EQ(CostText(kOfThree, kThree, ""),
            "Cost per row 0.5000; most probable class: 1.0000, always fig: 0.7500\n");
  const CostMatrix costs{.classes = 3, .values = {0, 1, 1, 1, 0, 1, 1, 1, 0}};
  const auto lines = CostLines({.test = &kOfThree, .out_of_fold = &kOfThree}, {0.5, costs}, kThree);
  EXPECT_THAT(RulesOf(lines), testing::ElementsAre("least expected cost", "most probable class",
                                                   "always fig, the cheapest of its kind"));
  EXPECT_TRUE(lines[0].is_chosen);
  EXPECT_EQ(lines[2].test->per_row, 0.75);
}

// A model that was trained without costs, evaluated with some.
TEST(CostAnswerTest, WithoutCostsTheMostProbableClassIsTheDecision) {
  const auto lines = CostLines({.test = &kOfThree}, DecisionRule(), kThree);
  EXPECT_THAT(RulesOf(lines),
              testing::ElementsAre("most probable class", "always fig, the cheapest of its kind"));
  EXPECT_TRUE(lines[0].is_chosen);
}

}  // namespace
}  // namespace reeve::workflow
