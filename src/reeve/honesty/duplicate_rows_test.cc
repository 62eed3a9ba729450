#include "reeve/honesty/duplicate_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/honesty/test_rows.h"

namespace reeve::honesty {
namespace {

using testing::HasSubstr;

// The first 80 of 100 rows, once more behind them with `repeats` of them repeated as test rows.
struct Split {
  TestRows data = MakeTestRows(400);
  std::vector<std::int64_t> train, test;

  explicit Split(std::int64_t repeats) {
    std::vector<std::int64_t> order = data.rows;
    for (std::int64_t i = 0; i < repeats; ++i) order.push_back(i);
    data.table = data.table.Take(order);
    for (std::int64_t i = 0; i < repeats; ++i)
      data.labels.push_back(data.labels[static_cast<std::size_t>(i)]);
    for (std::int64_t row = 0; row < data.table.rows(); ++row)
      (row < 300 ? train : test).push_back(row);
  }

  std::vector<contract::Warning> Find(const Table* second = nullptr) const {
    std::vector<const Table*> tables = {&data.table};
    if (second != nullptr) tables.push_back(second);
    return FindDuplicateRows(
        {.tables = tables, .train = train, .test = test, .labels = data.labels});
  }
};

TEST(DuplicateRowsTest, DistinctRowsGiveNoWarning) {
  EXPECT_TRUE(Split(0).Find().empty());
  EXPECT_TRUE(Split(2).Find().empty());
}

TEST(DuplicateRowsTest, RepeatedRowsAreCounted) {
  const auto warnings = Split(50).Find();
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings.front().code, "duplicate_rows_across_split");
  EXPECT_THAT(warnings.front().message, HasSubstr("50 of 150 test rows"));
}

TEST(DuplicateRowsTest, AColumnSetAsideTellsRowsApart) {
  const Split split(50);
  Table texts;
  Column text = Column::Texts("title");
  for (std::int64_t row = 0; row < split.data.table.rows(); ++row)
    text.AppendText("title " + std::to_string(row));
  texts.Add(std::move(text));
  EXPECT_TRUE(split.Find(&texts).empty());
  // A table without those rows is not compared.
  const Table none;
  EXPECT_EQ(split.Find(&none).size(), 1u);
}

TEST(DuplicateRowsTest, ContradictionsAreCountedApart) {
  Split split(50);
  for (std::size_t i = 400; i < 420; ++i) split.data.labels[i] = 1 - split.data.labels[i];
  const auto warnings = split.Find();
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_THAT(warnings[0].message, HasSubstr("(20 with another class)"));
  EXPECT_EQ(warnings[1].code, "contradicting_rows");
  EXPECT_THAT(warnings[1].message, HasSubstr("20 of 50 repeated rows"));
}

TEST(DuplicateRowsTest, FewValuesRepeatByThemselves) {
  TestRows data = MakeTestRows(400);
  Table coarse;
  coarse.Add(data.table.column(2));
  const std::span<const std::int64_t> rows = data.rows;
  EXPECT_TRUE(FindDuplicateRows({.tables = {&coarse},
                                 .train = rows.first(300),
                                 .test = rows.subspan(300),
                                 .labels = data.labels})
                  .empty());
}

TEST(DuplicateRowsTest, MissingValuesAndSignedZerosAreEqual) {
  Table table;
  std::vector<double> x, y;
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    x.push_back(i % 2 == 0 ? kMissingNumber : 0.0);
    y.push_back(random.Normal());
  }
  for (std::size_t i = 0; i < 100; ++i) {
    x.push_back(i % 2 == 0 ? kMissingNumber : -0.0);
    y.push_back(y[i]);
  }
  table.Add(Column::Numbers("x", ColumnType::kReal, x));
  table.Add(Column::Numbers("y", ColumnType::kReal, y));
  std::vector<double> constant(200);
  for (std::size_t i = 0; i < 200; ++i) constant[i] = static_cast<double>(i % 100);
  table.Add(Column::Numbers("z", ColumnType::kReal, constant));
  const std::vector<std::int64_t> rows = AllRows(200);
  const std::vector<std::int32_t> labels(200, 0);
  const auto warnings = FindDuplicateRows({.tables = {&table},
                                           .train = std::span(rows).first(100),
                                           .test = std::span(rows).subspan(100),
                                           .labels = labels});
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings.front().message, HasSubstr("100 of 100"));
}

}  // namespace
}  // namespace reeve::honesty
