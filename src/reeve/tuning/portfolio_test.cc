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
      const auto groups = Portfolio(name, {.effort = effort,
                                           .rows = 10'000,
                                           .smallest_class = 1'000,
                                           .has_statistics = true,
                                           .linear_columns = 20});
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
      for (const auto& group : Portfolio(name, {.effort = effort,
                                               .rows = 10'000,
                                               .smallest_class = 1'000,
                                               .has_statistics = true,
                                               .linear_columns = 20}))
        trials += group.path.size();
      return trials;
    };
    EXPECT_LE(count(Effort::kQuick), count(Effort::kStandard));
    EXPECT_LE(count(Effort::kStandard), count(Effort::kThorough));
  }
}

TEST(PortfolioTest, PerceptronsAreForTablesThatLeaveThemSomePasses) {
  PortfolioOptions options = {.effort = Effort::kStandard,
                              .rows = 16'000,
                              .classes = 26,
                              .smallest_class = 500,
                              .linear_columns = 16};
  EXPECT_EQ(Portfolio("mlp", options).size(), 1u);
  const auto rounds = [](const PortfolioOptions& known) {
    return std::stoi(Portfolio("symmetric", known).front().path.front().at("n_estimators"));
  };
  const int beside = rounds(options);
  options.linear_columns = 0;
  EXPECT_LT(beside, rounds(options));
  options.linear_columns = 3'000;
  EXPECT_TRUE(Portfolio("mlp", options).empty());
  options.asked_for = true;
  EXPECT_EQ(Portfolio("mlp", options).size(), 1u);
}

TEST(PortfolioTest, QuickEffortDoesWithoutPerceptronsUnlessAsked) {
  EXPECT_THAT(DefaultLearners(Effort::kQuick), testing::Not(testing::Contains("mlp")));
  EXPECT_EQ(DefaultLearners(Effort::kStandard), learners::LearnerNames());
  EXPECT_EQ(DefaultLearners(Effort::kThorough), learners::LearnerNames());
}

TEST(PortfolioTest, ManyClassesOfALargeTableAreLeftToSymmetricTrees) {
  const PortfolioOptions large = {
      .effort = Effort::kStandard, .rows = 16'000, .classes = 26, .smallest_class = 500};
  EXPECT_TRUE(Portfolio("boosted", large).empty());
  PortfolioOptions other = large;
  other.asked_for = true;
  EXPECT_FALSE(Portfolio("boosted", other).empty());
  other = large;
  other.rows = 500;
  EXPECT_FALSE(Portfolio("boosted", other).empty());
  other = large;
  other.effort = Effort::kThorough;
  EXPECT_FALSE(Portfolio("boosted", other).empty());
}

TEST(PortfolioTest, SmallTablesOfTwoClassesAreSplitMoreThanOnceUnlessItHasToBeQuick) {
  const auto splits = [](Effort effort, std::int64_t rows) {
    return SplitCount({.effort = effort, .rows = rows, .smallest_class = 100});
  };
  EXPECT_EQ(splits(Effort::kQuick, 1'000), 1);
  EXPECT_GT(splits(Effort::kStandard, 1'000), 1);
  EXPECT_GE(splits(Effort::kThorough, 1'000), splits(Effort::kStandard, 1'000));
  EXPECT_EQ(splits(Effort::kStandard, 5'000), 1);
  EXPECT_EQ(splits(Effort::kThorough, 1'000'000), 1);
  EXPECT_EQ(SplitCount({.rows = 1'000, .classes = 4, .smallest_class = 100}), 1);
}

TEST(PortfolioTest, RoundsOfManyClassesFollowTheSizeAndTheEffort) {
  const auto rounds = [](Effort effort, std::int64_t rows) {
    const auto candidates = Portfolio(
        "symmetric", {.effort = effort, .rows = rows, .classes = 26, .smallest_class = 500});
    return std::stoll(candidates.front().path.front().at("n_estimators"));
  };
  EXPECT_GT(rounds(Effort::kQuick, 4'000), rounds(Effort::kQuick, 16'000));
  EXPECT_GT(rounds(Effort::kQuick, 16'000), rounds(Effort::kQuick, 10'000'000));
  EXPECT_GT(rounds(Effort::kStandard, 16'000), rounds(Effort::kQuick, 16'000));
  EXPECT_GE(rounds(Effort::kQuick, 10'000'000), 100);
}

const learners::Params& FirstOf(const std::vector<Candidate>& candidates) {
  return candidates.front().path.front();
}

// A round of many columns costs what one of many rows does.
TEST(PortfolioTest, WideTablesTakeThePaceOfLongOnes) {
  const auto rate = [](std::int64_t rows, std::int64_t columns) {
    return std::stod(FirstOf(Portfolio("symmetric", {.effort = Effort::kQuick,
                                                     .rows = rows,
                                                     .columns = columns,
                                                     .smallest_class = 500}))
                         .at("learning_rate"));
  };
  EXPECT_LT(rate(2'000, 20), rate(2'000, 200));
  EXPECT_LT(rate(2'000, 200), rate(2'000, 2'000));
  EXPECT_EQ(rate(2'000, 2'000), rate(100'000, 20));
}

TEST(PortfolioTest, FewRowsOfManyColumnsTakeFewBins) {
  const auto has_bins = [](std::int64_t rows, std::int64_t columns) {
    return FirstOf(
               Portfolio("symmetric", {.rows = rows, .columns = columns, .smallest_class = 500}))
        .contains("max_bin");
  };
  EXPECT_TRUE(has_bins(1'000, 300));
  EXPECT_FALSE(has_bins(1'000, 20));
  EXPECT_FALSE(has_bins(50'000, 300));
}

TEST(PortfolioTest, TreesOfSeveralClassesAreChosenBySomeRowsWhereTimeIsShort) {
  const auto draws = [](Effort effort, std::int64_t rows, int classes) {
    return FirstOf(Portfolio("symmetric", {.effort = effort,
                                           .rows = rows,
                                           .columns = 30,
                                           .classes = classes,
                                           .smallest_class = 500}))
        .contains("sample_rows");
  };
  EXPECT_TRUE(draws(Effort::kQuick, 100'000, 7));
  EXPECT_TRUE(draws(Effort::kQuick, 16'000, 26));
  EXPECT_FALSE(draws(Effort::kQuick, 100'000, 2));
  EXPECT_FALSE(draws(Effort::kQuick, 4'000, 7));
  EXPECT_FALSE(draws(Effort::kStandard, 10'000, 7));
  EXPECT_TRUE(draws(Effort::kStandard, 100'000, 7));
  EXPECT_FALSE(draws(Effort::kThorough, 100'000, 7));
}

// The more values a round would look at, the smaller the part of the columns.
TEST(PortfolioTest, TreesOfWideTablesAreChosenFromSomeColumnsWhereTimeIsShort) {
  const auto columns = [](Effort effort, std::int64_t rows, int classes) -> std::int64_t {
    const learners::Params params = FirstOf(Portfolio("symmetric", {.effort = effort,
                                                                    .rows = rows,
                                                                    .columns = 500,
                                                                    .classes = classes,
                                                                    .smallest_class = 500}));
    return params.contains("sample_columns") ? std::stoll(params.at("sample_columns")) : 500;
  };
  EXPECT_LT(columns(Effort::kQuick, 16'000, 2), columns(Effort::kQuick, 8'000, 2));
  EXPECT_LT(columns(Effort::kQuick, 16'000, 7), columns(Effort::kQuick, 16'000, 3));
  EXPECT_GT(columns(Effort::kQuick, 10'000'000, 7), 1);
  EXPECT_LT(columns(Effort::kStandard, 16'000, 2), 500);
  EXPECT_EQ(columns(Effort::kThorough, 16'000, 2), 500);
  EXPECT_FALSE(FirstOf(Portfolio("symmetric", {.effort = Effort::kQuick,
                                               .rows = 100'000,
                                               .columns = 10,
                                               .smallest_class = 500}))
                   .contains("sample_columns"));
}

TEST(PortfolioTest, LeavesOfManyClassesWantRows) {
  const auto depth = [](std::int64_t rows) {
    return std::stoi(
        FirstOf(Portfolio("symmetric", {.rows = rows, .classes = 50, .smallest_class = 80}))
            .at("max_depth"));
  };
  EXPECT_LT(depth(4'000), depth(16'000));
}

TEST(PortfolioTest, QuickEffortTakesOneLearnerOfTreesForLargeTables) {
  for (const char* const learner : {"forest", "boosted"}) {
    PortfolioOptions large = {.effort = Effort::kQuick, .rows = 100'000, .smallest_class = 500};
    EXPECT_TRUE(Portfolio(learner, large).empty());
    large.effort = Effort::kStandard;
    EXPECT_FALSE(Portfolio(learner, large).empty());
    // Who asks for it gets it.
    large.effort = Effort::kQuick;
    large.asked_for = true;
    EXPECT_FALSE(Portfolio(learner, large).empty());
  }
}

TEST(PortfolioTest, StandardEffortTakesOneLearnerOfTreesForVeryLargeTables) {
  PortfolioOptions large = {.rows = 100'000, .columns = 20, .smallest_class = 500};
  PortfolioOptions larger = large;
  larger.columns = 60;
  for (const char* const learner : {"forest", "boosted"}) {
    EXPECT_FALSE(Portfolio(learner, large).empty());
    EXPECT_TRUE(Portfolio(learner, larger).empty());
  }
  EXPECT_EQ(Portfolio("symmetric", larger).size(), 1U);
  larger.effort = Effort::kThorough;
  EXPECT_FALSE(Portfolio("boosted", larger).empty());
}

TEST(PortfolioTest, LargeTablesLimitRounds) {
  const auto rounds = [](Effort effort, std::int64_t rows) -> std::int64_t {
    const learners::Params params = FirstOf(Portfolio(
        "symmetric", {.effort = effort, .rows = rows, .columns = 5, .smallest_class = 500}));
    return params.contains("n_estimators") ? std::stoll(params.at("n_estimators")) : 1'000'000;
  };
  EXPECT_EQ(rounds(Effort::kQuick, 10'000), 1'000'000);
  EXPECT_LT(rounds(Effort::kQuick, 150'000), rounds(Effort::kQuick, 80'000));
  EXPECT_LT(rounds(Effort::kQuick, 150'000), rounds(Effort::kStandard, 150'000));
  EXPECT_LT(rounds(Effort::kStandard, 150'000), rounds(Effort::kThorough, 150'000));
}

TEST(ParseEffortTest, NamesTheNearest) {
  EXPECT_THAT(ParseEffort("through").status().message(), testing::HasSubstr("thorough"));
}

}  // namespace
}  // namespace reeve::tuning
