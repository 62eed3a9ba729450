#include "reeve/explain/coefficients.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reeve/explain/test_trained.h"

namespace reeve::explain {
namespace {

const Coefficient& Find(const LinearPart& part, const std::string& column) {
  for (const Coefficient& coefficient : part.coefficients) {
    if (coefficient.column == column) return coefficient;
  }
  ADD_FAILURE() << "no coefficient " << column;
  return part.coefficients.front();
}

TEST(CoefficientsTest, OddsRatiosArePerUnitOfTheTable) {
  const Table table = TestTable(2000);
  const TestModel test = LinearTestModel(
      table, {{"income", 1.5}, {"age", 0.5}, {"city=York", 0.8}, {"age (missing)", -0.3}});
  const auto parts = LinearParts(test.explained());
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].weight, 1);
  const Coefficient& income = Find(parts[0], "income");
  EXPECT_EQ(income.source, "income");
  // The pipeline scales: a unit of its column is a standard deviation of the table's.
  double sum = 0, squares = 0;
  for (const double value : table.column(0).numbers()) sum += value;
  for (const double value : table.column(0).numbers())
    squares += (value - sum / 2000) * (value - sum / 2000);
  const double deviation = std::sqrt(squares / 2000);
  ASSERT_TRUE(income.per_unit);
  EXPECT_NEAR(std::log(income.per_unit->ratio) * deviation, 1.5, 1e-3);
  EXPECT_NEAR(income.per_deviation.ratio, std::exp(1.5), 1e-5);
  EXPECT_NEAR(*income.per_deviation.low, std::exp(1.5 - 1.959964 * 0.1), 1e-5);
  EXPECT_NEAR(*income.per_deviation.high, std::exp(1.5 + 1.959964 * 0.1), 1e-4);
  const Coefficient& york = Find(parts[0], "city=York");
  EXPECT_NEAR(york.per_unit->ratio, std::exp(0.8), 1e-9);
  EXPECT_NEAR(Find(parts[0], "age (missing)").per_unit->ratio, std::exp(-0.3), 1e-9);
  EXPECT_EQ(parts[0].coefficients[0].column, "income");
}

TEST(CoefficientsTest, PartsOfADateHaveNoUnit) {
  Table table;
  std::vector<double> times;
  for (int day = 0; day < 1000; ++day) times.push_back(86'400.0 * day * 3);
  table.Add(Column::Numbers("signed", ColumnType::kDatetime, std::move(times)));
  const TestModel test = LinearTestModel(table, {{"signed (month)", 1}});
  const auto parts = LinearParts(test.explained());
  ASSERT_EQ(parts.size(), 1u);
  for (const Coefficient& coefficient : parts[0].coefficients) {
    if (coefficient.column.find("month") != std::string::npos ||
        coefficient.column.find("weekday") != std::string::npos) {
      EXPECT_FALSE(coefficient.per_unit) << coefficient.column;
    }
  }
}

TEST(CoefficientsTest, ForestsHaveNone) {
  const Table table = TestTable(50);
  const TestModel test = ForestTestModel(table, inference::Link::kLogistic, {{0, 0, -1, 1}});
  EXPECT_TRUE(LinearParts(test.explained()).empty());
}

}  // namespace
}  // namespace reeve::explain
