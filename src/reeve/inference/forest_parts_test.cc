#include "reeve/inference/forest_parts.h"

#include <gtest/gtest.h>

#include "reeve/inference/forest_model.h"
#include "reeve/inference/test_forest.h"

namespace reeve::inference {
namespace {

std::vector<float> MarginsOf(const CompactForest& forest, const Matrix& rows) {
  return ForestModel::Make(forest).value()->Margins(rows);
}

TEST(FirstRoundsTest, IsTheForestAsItWasThen) {
  for (const Link link : {Link::kLogistic, Link::kSoftmax}) {
    TestForest source(1, {.link = link, .classes = 3, .trees = 12});
    const CompactForest all = CompactForest::From(source.Take());
    const Matrix rows = source.Rows(50);
    const std::size_t outputs = all.base_margin.size();
    const CompactForest first = FirstRounds(all, 2);
    ASSERT_EQ(first.trees.size(), 2 * outputs);
    // The sums of the first trees, then the others on top, are the sums of all.
    Forest rest = all.Unpack();
    rest.trees.erase(rest.trees.begin(),
                     rest.trees.begin() + static_cast<std::ptrdiff_t>(2 * outputs));
    const auto head = MarginsOf(first, rows), tail = MarginsOf(CompactForest::From(rest), rows),
               whole = MarginsOf(all, rows);
    for (std::size_t i = 0; i < whole.size(); ++i)
      EXPECT_NEAR(head[i] + tail[i] - all.base_margin[i % outputs], whole[i], 1e-4);
    EXPECT_EQ(MarginsOf(FirstRounds(all, 12 / static_cast<std::int64_t>(outputs)), rows), whole);
    EXPECT_EQ(MarginsOf(FirstRounds(all, 1000), rows), whole);
    EXPECT_EQ(FirstRounds(all, 0).trees.size(), 0u);
  }
}

TEST(AverageTest, MarginsAreTheMean) {
  for (const Link link : {Link::kLogistic, Link::kSoftmax}) {
    std::vector<CompactForest> forests;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      forests.push_back(CompactForest::From(
          TestForest(seed, {.link = link, .classes = 4, .trees = static_cast<int>(4 * seed)})
              .Take()));
    }
    TestForest source(9, {});
    const Matrix rows = source.Rows(60);
    const CompactForest* const pointers[] = {&forests[0], &forests[1], &forests[2]};
    const auto average = MarginsOf(Average(pointers), rows);
    std::vector<double> sums(average.size());
    for (const CompactForest& forest : forests) {
      const auto margins = MarginsOf(forest, rows);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<double>(margins[i]);
    }
    for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_NEAR(average[i], sums[i] / 3, 1e-5);
  }
}

TEST(AverageTest, ClassSharesAreMeanedOverAllTrees) {
  const TestForestOptions options = {.link = Link::kMean, .classes = 3, .trees = 5};
  TestForest source(1, options);
  const CompactForest a = CompactForest::From(source.Take()),
                      b = CompactForest::From(TestForest(2, options).Take());
  const Matrix rows = source.Rows(60);
  const CompactForest* const pointers[] = {&a, &b};
  const CompactForest average = Average(pointers);
  EXPECT_EQ(average.trees.size(), 10u);
  const auto p = MarginsOf(a, rows), q = MarginsOf(b, rows), both = MarginsOf(average, rows);
  for (std::size_t i = 0; i < both.size(); ++i) EXPECT_NEAR(both[i], p[i] + q[i], 1e-5);
}

TEST(AverageTest, OneForestComesBackUnchanged) {
  for (const Link link : {Link::kLogistic, Link::kSoftmax, Link::kMean}) {
    const CompactForest one = CompactForest::From(TestForest(3, {.link = link}).Take());
    const CompactForest* const pointers[] = {&one};
    EXPECT_EQ(ForestModel::Make(Average(pointers)).value()->Serialize(),
              ForestModel::Make(one).value()->Serialize());
  }
}

}  // namespace
}  // namespace reeve::inference
