#include "reeve/tuning/portfolio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/learners/registry.h"

namespace reeve::tuning {
namespace {

TEST(PortfolioTest, EveryConfigurationIsValid) {
  for (const std::string& name : learners::LearnerNames()) {
    const auto learner = learners::MakeLearner(name);
    ASSERT_TRUE(learner.ok());
    for (const Effort effort : {Effort::kQuick, Effort::kStandard, Effort::kThorough}) {
      const auto groups = Portfolio(
          name,
          {.effort = effort, .rows = 10'000, .smallest_class = 1'000, .has_statistics = true});
      EXPECT_FALSE(groups.empty());
      for (const Candidate& group : groups) {
        for (const auto& params : group.path) {
          const Status status = learners::ValidateParams(params, (*learner)->params(), name);
          EXPECT_TRUE(status.ok()) << status.message();
        }
      }
    }
  }
}

TEST(PortfolioTest, MoreEffortNeverMeansFewerTrials) {
  for (const std::string& name : learners::LearnerNames()) {
    const auto count = [&](Effort effort) {
      std::size_t trials = 0;
      for (const auto& group : Portfolio(
               name,
               {.effort = effort, .rows = 10'000, .smallest_class = 1'000, .has_statistics = true}))
        trials += group.path.size();
      return trials;
    };
    EXPECT_LE(count(Effort::kQuick), count(Effort::kStandard));
    EXPECT_LE(count(Effort::kStandard), count(Effort::kThorough));
  }
}

TEST(ParseEffortTest, NamesTheNearest) {
  EXPECT_THAT(ParseEffort("through").status().message(), testing::HasSubstr("thorough"));
}

}  // namespace
}  // namespace reeve::tuning
