#include "reeve/explain/partial_dependence.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/explain/test_trained.h"

namespace reeve::explain {
namespace {

double Logistic(double margin) { return 1 / (1 + std::exp(-margin)); }

TEST(PartialDependenceTest, IsTheMeanOverRowsWithTheValueInEach) {
  const Table table = TestTable(500);
  const TestModel test =
      ForestTestModel(table, inference::Link::kLogistic, {{0, 50'000, -1, 1}, {3, 0, -0.5F, 0.5F}});
  const auto dependence = DependenceOn(test.explained(), table, "income", {});
  ASSERT_TRUE(dependence.ok()) << dependence.status().message();
  ASSERT_EQ(dependence->points.size(), 20u);
  double noise_right = 0;
  for (const double noise : table.column(3).numbers()) noise_right += noise >= 0 ? 1 : 0;
  noise_right /= 500;
  double shares = 0;
  for (const DependencePoint& point : dependence->points) {
    const double margin = 0.25 + (*point.number < 50'000 ? -1 : 1);
    const double low = Logistic(margin - 0.5), high = Logistic(margin + 0.5);
    ASSERT_EQ(point.bands.size(), 1u);
    EXPECT_NEAR(point.bands[0].mean, noise_right * high + (1 - noise_right) * low, 1e-6);
    EXPECT_NEAR(point.bands[0].low, low, 1e-6);
    EXPECT_NEAR(point.bands[0].high, high, 1e-6);
    shares += point.share;
  }
  EXPECT_NEAR(shares, 1, 1e-12);
}

TEST(PartialDependenceTest, CategoriesComeByFrequency) {
  const Table table = TestTable(400);
  const TestModel test = LinearTestModel(table, {{"city=York", 2}});
  const auto dependence = DependenceOn(test.explained(), table, "city", {});
  ASSERT_EQ(dependence->points.size(), 3u);
  EXPECT_GE(dependence->points[0].share, dependence->points[1].share);
  for (const DependencePoint& point : dependence->points) {
    EXPECT_FALSE(point.number);
    EXPECT_NEAR(point.bands[0].mean, Logistic(point.value == "York" ? 1.5 : -0.5), 1e-6);
  }
}

TEST(PartialDependenceTest, WholeNumbersStayWhole) {
  const Table table = TestTable(400);
  const TestModel test = LinearTestModel(table, {{"age", 2}});
  const auto dependence =
      DependenceOn(test.explained(), table, "age", {.most_points = 7, .most_rows = 50});
  ASSERT_EQ(dependence->points.size(), 7u);
  for (const DependencePoint& point : dependence->points)
    EXPECT_EQ(*point.number, std::floor(*point.number));
  for (std::size_t i = 1; i < 7; ++i)
    EXPECT_GT(dependence->points[i].bands[0].mean, dependence->points[i - 1].bands[0].mean);
}

TEST(PartialDependenceTest, RefusesWhatItCannotVary) {
  Table table = TestTable(50);
  const TestModel test = LinearTestModel(table, {});
  EXPECT_EQ(DependenceOn(test.explained(), table, "nois", {}).status().code(),
            StatusCode::kInvalidArgument);
  table.mutable_column(1) =
      Column::Numbers("age", ColumnType::kInteger, std::vector<double>(50, kMissingNumber));
  EXPECT_EQ(DependenceOn(test.explained(), table, "age", {}).status().code(),
            StatusCode::kInvalidData);
}

}  // namespace
}  // namespace reeve::explain
