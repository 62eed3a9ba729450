#include "reeve/table/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/table/matrix.h"
#include "reeve/table/probabilities.h"

namespace reeve {
namespace {

Table Small() {
  Table table;
  table.Add(Column::Numbers("n", ColumnType::kReal, {1.5, kMissingNumber, -0.0}));
  table.Add(Column::Codes("c", ColumnType::kCategory, {0, kMissingCode, 1}, {"red", "blue"}));
  Column text = Column::Texts("t");
  for (const char* const value : {"x", "", "zz"}) text.AppendText(value);
  table.Add(std::move(text));
  return table;
}

TEST(ColumnTest, SaysWhatIsMissingAndWritesValues) {
  const Table table = Small();
  for (const Column& column : table.columns()) {
    EXPECT_EQ(column.CountMissing(), 1) << column.name();
    EXPECT_TRUE(column.IsMissing(1));
    EXPECT_EQ(column.ToText(1), "");
  }
  EXPECT_EQ(table.column(0).ToText(0), "1.5");
  EXPECT_EQ(table.column(1).ToText(2), "blue");
  EXPECT_EQ(Column::Numbers("d", ColumnType::kDatetime, {86400}).ToText(0), "1970-01-02");
  EXPECT_EQ(Column::Numbers("d", ColumnType::kDatetime, {86400.5}).ToText(0),
            "1970-01-02T00:00:00.500Z");
  EXPECT_EQ(Column::Numbers("b", ColumnType::kBoolean, {1}).ToText(0), "true");
}

TEST(TableTest, TakesAndAppendsRows) {
  const Table table = Small();
  const std::int64_t rows[] = {2, 0};
  Table taken = table.Take(rows);
  EXPECT_EQ(taken.rows(), 2);
  EXPECT_EQ(taken.column(1).ToText(0), "blue");
  Table other;
  other.Add(Column::Numbers("n", ColumnType::kReal, {7}));
  other.Add(Column::Codes("c", ColumnType::kCategory, {0}, {"green"}));
  Column text = Column::Texts("t");
  text.AppendText("new");
  other.Add(std::move(text));
  taken.Append(other);
  EXPECT_EQ(taken.rows(), 3);
  EXPECT_EQ(taken.column(1).ToText(2), "green");
  EXPECT_EQ(taken.column(2).ToText(2), "new");
}

TEST(TableTest, FindsColumnsOrNamesTheNearest) {
  const Table table = Small();
  EXPECT_EQ(table.Find("c"), 1u);
  EXPECT_THAT(table.Get("x").status().message(), testing::HasSubstr("\"x\" is not in the table"));
}

TEST(DigestTest, DependsOnContentNotOnDictionaries) {
  const std::string digest = DigestOf(Small());
  EXPECT_EQ(digest, DigestOf(Small()));
  Table same = Small();
  same.Remove(1);
  Table renumbered;
  renumbered.Add(Small().column(0));
  renumbered.Add(
      Column::Codes("c", ColumnType::kCategory, {2, kMissingCode, 0}, {"blue", "unused", "red"}));
  renumbered.Add(Small().column(2));
  EXPECT_EQ(digest, DigestOf(renumbered));
  EXPECT_NE(digest, DigestOf(same));
  Table changed = Small();
  changed.mutable_column(0).mutable_numbers()[0] = 1.25;
  EXPECT_NE(digest, DigestOf(changed));
}

TEST(ParseColumnTypeTest, KnowsEveryName) {
  for (const ColumnType type :
       {ColumnType::kInteger, ColumnType::kReal, ColumnType::kBoolean, ColumnType::kCategory,
        ColumnType::kText, ColumnType::kDatetime, ColumnType::kList, ColumnType::kId}) {
    EXPECT_EQ(*ParseColumnType(ColumnTypeName(type)), type);
  }
  EXPECT_THAT(ParseColumnType("categry").status().message(), testing::HasSubstr("\"category\""));
}

TEST(MatrixTest, TakesRows) {
  Matrix matrix(3, std::vector<MatrixColumn>(2));
  for (std::int64_t j = 0; j < 2; ++j) {
    for (std::size_t i = 0; i < 3; ++i)
      matrix.column(j)[i] = static_cast<float>(10 * j) + static_cast<float>(i);
  }
  const std::int64_t rows[] = {2, 2, 0};
  const Matrix taken = matrix.Take(rows);
  EXPECT_EQ(taken.at(1, 1), 12);
  EXPECT_EQ(taken.at(2, 0), 0);
}

TEST(DecideTest, ThresholdForTwoClassesElseTheFirstMostProbable) {
  const double two[] = {0.6, 0.4}, three[] = {0.2, 0.4, 0.4};
  EXPECT_EQ(Decide(two, 0.4), 1);
  EXPECT_EQ(Decide(two, 0.41), 0);
  EXPECT_EQ(Decide(three, 0.9), 1);
}

}  // namespace
}  // namespace reeve
