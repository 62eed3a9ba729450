#include "reeve/tuning/derived_columns.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::tuning {
namespace {

struct Made {
  Table table;
  std::vector<std::int32_t> labels;

  Problem problem() const {
    return {.table = &table, .features = {"loan", "income", "age"}, .labels = labels};
  }
};

// Labels follow loan / income, or nothing.
Made MakeTable(std::uint64_t seed, bool has_ratio) {
  constexpr int kRows = 1500;
  Random random(seed);
  Made made;
  std::vector<double> loan, income, age;
  for (int i = 0; i < kRows; ++i) {
    loan.push_back(std::round(1e5 * std::exp(random.Normal())));
    income.push_back(std::round(5e4 * std::exp(random.Normal())));
    age.push_back(20.0 + double(random.Below(50)));
    const bool high = has_ratio ? loan.back() / income.back() > 2 : random.Uniform() < 0.5;
    made.labels.push_back(random.Uniform() < 0.03 ? !high : high);
  }
  made.table.Add(Column::Numbers("loan", ColumnType::kInteger, loan));
  made.table.Add(Column::Numbers("income", ColumnType::kReal, income));
  made.table.Add(Column::Numbers("age", ColumnType::kInteger, age));
  return made;
}

TEST(DerivedColumnsTest, FindsARatio) {
  const Made made = MakeTable(1, true);
  const auto found = FindDerivedColumns(made.problem(), AllRows(made.table.rows()), {});
  ASSERT_TRUE(found.ok()) << found.status().message();
  ASSERT_FALSE(found->empty());
  EXPECT_EQ(found->front(), (features::Derived{"loan / income", "loan / income"}));
}

TEST(DerivedColumnsTest, FindsNothingInNoise) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Made made = MakeTable(seed, false);
    EXPECT_THAT(FindDerivedColumns(made.problem(), AllRows(made.table.rows()), {}).value(),
                testing::IsEmpty());
  }
}

TEST(DerivedColumnsTest, DoesNotDependOnThreads) {
  const Made made = MakeTable(4, true);
  EXPECT_EQ(FindDerivedColumns(made.problem(), AllRows(made.table.rows()), {.threads = 1}).value(),
            FindDerivedColumns(made.problem(), AllRows(made.table.rows()), {.threads = 3}).value());
}

TEST(DerivedColumnsTest, FewRowsAreNotSearched) {
  const Made made = MakeTable(5, true);
  EXPECT_THAT(FindDerivedColumns(made.problem(), AllRows(100), {}).value(), testing::IsEmpty());
}

}  // namespace
}  // namespace reeve::tuning
