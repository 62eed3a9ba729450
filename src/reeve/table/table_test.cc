#include "reeve/table/table.h"

#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Column TextsOf(const std::string& name, const std::vector<std::string>& values) {
  Column column = Column::Texts(name);
  for (const std::string& value : values) column.AppendText(value);
  return column;
}

Table Small() {
  Table table;
  table.Add(Column::Numbers("n", ColumnType::kReal, {1.5, kMissingNumber, 0.0}));
  table.Add(Column::Codes("c", ColumnType::kCategory, {0, kMissingCode, 1}, {"red", "blue"}));
  table.Add(TextsOf("t", {"x", "", "zz"}));
  return table;
}

TEST(TableTest, HoldsColumnsInOrder) {
  Table table = Small();
  EXPECT_EQ(table.rows(), 3);
  EXPECT_EQ(table.column_count(), 3u);
  EXPECT_THAT(table.Names(), ElementsAre("n", "c", "t"));
  table.Remove(1);
  EXPECT_THAT(table.Names(), ElementsAre("n", "t"));
  EXPECT_EQ(Table().rows(), 0);
}

TEST(TableTest, FindsColumnsOrNamesTheNearest) {
  Table table;
  table.Add(Column::Numbers("loan_amount", ColumnType::kReal, {1}));
  table.Add(Column::Numbers("loan_term", ColumnType::kReal, {2}));
  EXPECT_EQ(table.Find("loan_term"), 1u);
  EXPECT_EQ(table.Find("Loan_Term"), std::nullopt) << "names are case-sensitive";
  EXPECT_EQ((*table.Get("loan_term"))->numbers()[0], 2);
  const Status status = table.Get("loan_temr").status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("\"loan_temr\" is not in the table"));
  EXPECT_THAT(status.message(), HasSubstr("Did you mean \"loan_term\"?"));
}

TEST(TableTest, TakesAndAppendsRows) {
  const std::int64_t rows[] = {2, 0};
  Table table = Small().Take(rows);
  EXPECT_EQ(table.rows(), 2);
  EXPECT_EQ(table.column(1).ToText(0), "blue");
  Table other;
  other.Add(Column::Numbers("n", ColumnType::kReal, {7}));
  other.Add(Column::Codes("c", ColumnType::kCategory, {0}, {"green"}));
  other.Add(TextsOf("t", {"new"}));
  table.Append(other);
  EXPECT_EQ(table.rows(), 3);
  EXPECT_EQ(table.column(0).ToText(2), "7");
  EXPECT_EQ(table.column(1).ToText(2), "green");
  EXPECT_EQ(table.column(2).ToText(2), "new");
}

TEST(TableTest, AllRowsCountsUp) {
  EXPECT_THAT(AllRows(3), ElementsAre(0, 1, 2));
  EXPECT_THAT(AllRows(0), ElementsAre());
}

TEST(TableTest, SplitAndPutTogetherItIsTheSameTable) {
  const std::int64_t first[] = {0}, rest[] = {1, 2};
  Table table = Small().Take(first);
  table.Append(Small().Take(rest));
  EXPECT_EQ(DigestOf(table), DigestOf(Small()));
}

// A stored version must mean the same tomorrow: these digests never change.
TEST(DigestOfTest, IsTheSameOnEveryMachine) {
  EXPECT_EQ(DigestOf(Table()), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(DigestOf(Small()), "ac5cb00cd97ee89c87f8685afb27a6ba");
}

TEST(DigestOfTest, DependsOnContentNotOnItsRepresentation) {
  const std::string digest = DigestOf(Small());
  Table renumbered = Small();
  renumbered.mutable_column(1) =
      Column::Codes("c", ColumnType::kCategory, {2, kMissingCode, 0}, {"blue", "unused", "red"});
  EXPECT_EQ(DigestOf(renumbered), digest);
  Table negative_zero = Small();
  negative_zero.mutable_column(0).mutable_numbers()[2] = -0.0;
  EXPECT_EQ(DigestOf(negative_zero), digest);
  Table other_nan = Small();
  other_nan.mutable_column(0).mutable_numbers()[1] = -std::numeric_limits<double>::signaling_NaN();
  EXPECT_EQ(DigestOf(other_nan), digest);
}

TEST(DigestOfTest, ChangesWithEveryNameTypeValueAndOrder) {
  std::set<std::string> digests = {DigestOf(Small())};
  const auto differs = [&](const Table& table) { return digests.insert(DigestOf(table)).second; };
  Table table = Small();
  table.mutable_column(0).mutable_numbers()[0] = 1.25;
  EXPECT_TRUE(differs(table)) << "a value";
  table = Small();
  table.mutable_column(0).set_name("m");
  EXPECT_TRUE(differs(table)) << "a name";
  table = Small();
  table.mutable_column(0).set_type(ColumnType::kInteger);
  EXPECT_TRUE(differs(table)) << "a type";
  table = Small();
  table.Remove(2);
  EXPECT_TRUE(differs(table)) << "a column less";
  const std::int64_t rows[] = {0, 2, 1};
  EXPECT_TRUE(differs(Small().Take(rows))) << "the order of rows";
  table = Small();
  std::swap(table.mutable_column(0), table.mutable_column(1));
  EXPECT_TRUE(differs(table)) << "the order of columns";
  table = Small();
  table.mutable_column(2) = TextsOf("t", {"xz", "", "z"});
  EXPECT_TRUE(differs(table)) << "where a text ends";
}

}  // namespace
}  // namespace reeve
