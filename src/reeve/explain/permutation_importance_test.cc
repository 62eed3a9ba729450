#include "reeve/explain/permutation_importance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/explain/test_trained.h"

namespace reeve::explain {
namespace {

TEST(PermutationImportanceTest, FindsTheColumnsThatMatter) {
  std::vector<std::int32_t> labels;
  const Table table = TestTable(1500, &labels);
  const TestModel test = LinearTestModel(table, {{"income", 2}, {"city=York", 2}});
  const auto importance = PermuteColumns(test.explained(), table, labels, {});
  ASSERT_TRUE(importance.ok()) << importance.status().message();
  EXPECT_GT(importance->score, 0.85);
  ASSERT_EQ(importance->columns.size(), 4u);
  EXPECT_EQ(importance->columns[0].column, "income");
  EXPECT_EQ(importance->columns[1].column, "city");
  EXPECT_GT(importance->columns[0].low, 0.1);
  EXPECT_GT(importance->columns[1].low, 0);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_LT(importance->columns[i].low, importance->columns[i].mean);
    EXPECT_GT(importance->columns[i].high, importance->columns[i].mean);
  }
  // What the model does not look at changes nothing at all.
  EXPECT_EQ(importance->columns[2].mean, 0);
  EXPECT_EQ(importance->columns[2].high, 0);
}

TEST(PermutationImportanceTest, LossesCountTheOtherWay) {
  std::vector<std::int32_t> labels;
  const Table table = TestTable(800, &labels);
  const TestModel test = LinearTestModel(table, {{"income", 2}, {"city=York", 2}});
  const auto importance =
      PermuteColumns(test.explained(), table, labels, {.metric = evaluation::Metric::kLogLoss});
  EXPECT_GT(importance->columns[0].mean, 0.1);
}

TEST(PermutationImportanceTest, OneSeedOneResultForAnyNumberOfThreads) {
  std::vector<std::int32_t> labels;
  const Table table = TestTable(400, &labels);
  const TestModel test = LinearTestModel(table, {{"income", 2}, {"age", 1}});
  const auto one = PermuteColumns(test.explained(), table, labels, {.threads = 1});
  const auto four = PermuteColumns(test.explained(), table, labels, {.threads = 4});
  const auto other = PermuteColumns(test.explained(), table, labels, {.seed = 43});
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(one->columns[i].mean, four->columns[i].mean);
    EXPECT_EQ(one->columns[i].low, four->columns[i].low);
  }
  EXPECT_NE(one->columns[0].mean, other->columns[0].mean);
}

// The interval is to hold the importance that many rows and repeats show, about 19 times of 20.
TEST(PermutationImportanceTest, TheIntervalHoldsWhatManyRowsShow) {
  std::vector<std::int32_t> labels;
  const Table table = TestTable(20'000, &labels);
  const TestModel test = LinearTestModel(table, {{"income", 2}, {"city=York", 2}});
  const auto truth = PermuteColumns(test.explained(), table, labels,
                                    {.repeats = 3, .resamples = 0, .columns = {"city"}});
  int held = 0;
  constexpr int kParts = 40;
  for (int part = 0; part < kParts; ++part) {
    std::vector<std::int64_t> rows;
    std::vector<std::int32_t> some;
    for (std::int64_t row = part; row < table.rows(); row += kParts) {
      rows.push_back(row);
      some.push_back(labels[static_cast<std::size_t>(row)]);
    }
    const auto importance =
        PermuteColumns(test.explained(), table.Take(rows), some,
                       {.columns = {"city"}, .seed = static_cast<std::uint64_t>(part)});
    const ColumnImportance& city = importance->columns[0];
    held += city.low <= truth->columns[0].mean && truth->columns[0].mean <= city.high;
  }
  EXPECT_GE(held, 34);
}

TEST(PermutationImportanceTest, NamesTheNearestColumn) {
  std::vector<std::int32_t> labels;
  const Table table = TestTable(50, &labels);
  const TestModel test = LinearTestModel(table, {{"income", 2}});
  const auto importance = PermuteColumns(test.explained(), table, labels, {.columns = {"incom"}});
  EXPECT_EQ(importance.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(importance.status().message(), testing::HasSubstr("income"));
}

}  // namespace
}  // namespace reeve::explain
