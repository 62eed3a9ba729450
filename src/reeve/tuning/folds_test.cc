#include "reeve/tuning/folds.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/table/table.h"

namespace reeve::tuning {
namespace {

std::vector<std::int32_t> RandomLabels(std::size_t rows, double positive_share,
                                       std::uint64_t seed) {
  Random random(seed);
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < rows; ++i) labels.push_back(random.Uniform() < positive_share);
  return labels;
}

double Share(const std::vector<std::int64_t>& rows, const std::vector<std::int32_t>& labels) {
  double positives = 0;
  for (const std::int64_t row : rows) positives += labels[static_cast<std::size_t>(row)];
  return positives / static_cast<double>(rows.size());
}

TEST(SplitOnceTest, TakesTheShareOfEveryClass) {
  const auto labels = RandomLabels(4269, 0.62, 1);
  const auto rows = AllRows(4269);
  const auto split = SplitOnce(rows, 0.2, {.labels = labels});
  ASSERT_TRUE(split.ok());
  EXPECT_NEAR(static_cast<double>(split->test.size()), 853.8, 1);
  EXPECT_NEAR(Share(split->test, labels), Share(split->train, labels), 0.002);
  std::vector<std::int64_t> all(split->train);
  all.insert(all.end(), split->test.begin(), split->test.end());
  EXPECT_THAT(all, testing::UnorderedElementsAreArray(rows));
}

TEST(SplitOnceTest, SameSeedSameSplitOtherSeedAnother) {
  const auto labels = RandomLabels(500, 0.3, 1);
  const auto rows = AllRows(500);
  const auto first = SplitOnce(rows, 0.2, {.labels = labels, .seed = 7});
  const auto again = SplitOnce(rows, 0.2, {.labels = labels, .seed = 7});
  const auto other = SplitOnce(rows, 0.2, {.labels = labels, .seed = 8});
  EXPECT_EQ(first->test, again->test);
  EXPECT_NE(first->test, other->test);
}

TEST(SplitOnceTest, AClassWithOneRowStaysInTraining) {
  std::vector<std::int32_t> labels(100, 0);
  for (std::size_t i = 50; i < 99; ++i) labels[i] = 1;
  labels[99] = 2;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto split = SplitOnce(AllRows(100), 0.2, {.labels = labels, .classes = 3, .seed = seed});
    EXPECT_TRUE(std::binary_search(split->train.begin(), split->train.end(), 99));
  }
}

TEST(SplitOnceTest, GroupsStayWhole) {
  const auto labels = RandomLabels(500, 0.4, 3);
  std::vector<std::int32_t> groups;
  for (std::int32_t i = 0; i < 500; ++i) groups.push_back(i % 20);
  const auto split = SplitOnce(AllRows(500), 0.2, {.labels = labels, .groups = groups});
  ASSERT_TRUE(split.ok());
  EXPECT_EQ(split->test.size(), 100u);
  std::set<std::int32_t> tested, trained;
  for (const std::int64_t row : split->test) tested.insert(groups[static_cast<std::size_t>(row)]);
  for (const std::int64_t row : split->train) trained.insert(groups[static_cast<std::size_t>(row)]);
  for (const std::int32_t group : tested) EXPECT_FALSE(trained.contains(group));
}

TEST(SplitOnceTest, TimeTakesTheLatestRows) {
  const std::vector<std::int32_t> labels = RandomLabels(10, 0.5, 3);
  const std::vector<double> times = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
  const auto split = SplitOnce(AllRows(10), 0.2, {.labels = labels, .times = times});
  EXPECT_THAT(split->test, testing::ElementsAre(0, 1));
}

TEST(SplitOnceTest, RefusesSharesThatAreNone) {
  const std::vector<std::int32_t> labels = {0, 1, 0, 1};
  for (const double share : {0.0, 1.0, 1.5, -0.1}) {
    EXPECT_EQ(SplitOnce(AllRows(4), share, {.labels = labels}).status().code(),
              StatusCode::kInvalidArgument)
        << share;
  }
}

TEST(MakeFoldsTest, EveryRowIsTestedOnce) {
  const auto labels = RandomLabels(103, 0.3, 5);
  const auto folds = MakeFolds(AllRows(103), 5, {.labels = labels});
  ASSERT_TRUE(folds.ok());
  ASSERT_EQ(folds->size(), 5u);
  std::vector<std::int64_t> tested;
  for (const Fold& fold : *folds) {
    EXPECT_EQ(fold.train.size() + fold.test.size(), 103u);
    EXPECT_NEAR(Share(fold.test, labels), Share(AllRows(103), labels), 0.06);
    tested.insert(tested.end(), fold.test.begin(), fold.test.end());
  }
  EXPECT_THAT(tested, testing::UnorderedElementsAreArray(AllRows(103)));
}

TEST(MakeFoldsTest, TimeNeverLearnsFromTheFuture) {
  std::vector<double> times;
  Random random(2);
  for (int i = 0; i < 60; ++i) times.push_back(random.Uniform());
  const auto labels = RandomLabels(60, 0.5, 5);
  const auto folds = MakeFolds(AllRows(60), 4, {.labels = labels, .times = times});
  ASSERT_EQ(folds->size(), 4u);
  for (const Fold& fold : *folds) {
    double latest_train = 0, earliest_test = 1;
    for (const std::int64_t row : fold.train)
      latest_train = std::max(latest_train, times[static_cast<std::size_t>(row)]);
    for (const std::int64_t row : fold.test)
      earliest_test = std::min(earliest_test, times[static_cast<std::size_t>(row)]);
    EXPECT_LE(latest_train, earliest_test);
  }
}

TEST(MakeFoldsTest, FewRowsOfAClassGiveFewerFolds) {
  std::vector<std::int32_t> labels(40, 0);
  labels[3] = labels[7] = labels[20] = 1;
  EXPECT_EQ(MakeFolds(AllRows(40), 5, {.labels = labels})->size(), 3u);
}

TEST(MakeFoldsTest, RefusesWhatCannotBeFolded) {
  const std::vector<std::int32_t> labels = {0, 1, 0, 1, 0};
  EXPECT_EQ(MakeFolds(AllRows(5), 1, {.labels = labels}).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(MakeFolds(AllRows(3), 2, {.labels = labels}).status().code(), StatusCode::kInvalidData);
  const std::vector<std::int32_t> one_group(5, 4);
  EXPECT_EQ(MakeFolds(AllRows(5), 2, {.labels = labels, .groups = one_group}).status().code(),
            StatusCode::kInvalidData);
}

}  // namespace
}  // namespace reeve::tuning
