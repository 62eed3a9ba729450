#include "reeve/table/column.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Column TextsOf(const std::vector<std::string>& values) {
  Column column = Column::Texts("t");
  for (const std::string& value : values) column.AppendText(value);
  return column;
}

std::vector<std::string> AllTexts(const Column& column) {
  std::vector<std::string> texts;
  for (std::int64_t row = 0; row < column.size(); ++row) texts.push_back(column.ToText(row));
  return texts;
}

// The same four values, the second missing, in each storage.
std::vector<Column> OneOfEachStorage() {
  std::vector<Column> columns;
  columns.push_back(Column::Numbers("n", ColumnType::kReal, {1.5, kMissingNumber, -2, 1.5}));
  columns.push_back(
      Column::Codes("c", ColumnType::kCategory, {0, kMissingCode, 1, 0}, {"1.5", "-2", "unused"}));
  columns.push_back(TextsOf({"1.5", "", "-2", "1.5"}));
  return columns;
}

TEST(ColumnTest, AnswersAlikeInEveryStorage) {
  for (const Column& column : OneOfEachStorage()) {
    EXPECT_EQ(column.size(), 4) << column.name();
    EXPECT_EQ(column.CountMissing(), 1) << column.name();
    EXPECT_TRUE(column.IsMissing(1)) << column.name();
    EXPECT_FALSE(column.IsMissing(0)) << column.name();
    EXPECT_THAT(AllTexts(column), ElementsAre("1.5", "", "-2", "1.5")) << column.name();
    const std::int64_t rows[] = {3, 1, 3, 2};
    EXPECT_THAT(AllTexts(column.Take(rows)), ElementsAre("1.5", "", "1.5", "-2")) << column.name();
    EXPECT_EQ(column.Take({}).size(), 0) << column.name();
    Column twice = column;
    twice.Append(column.Take(rows));
    EXPECT_THAT(AllTexts(twice), ElementsAre("1.5", "", "-2", "1.5", "1.5", "", "1.5", "-2"))
        << column.name();
    EXPECT_EQ(twice.name(), column.name());
    EXPECT_EQ(twice.type(), column.type());
  }
}

TEST(ColumnTest, WritesValuesByTheirType) {
  struct Case {
    ColumnType type;
    double value = 0;
    const char* text = "";
  };
  for (const auto& [type, value, text] : {
           Case{ColumnType::kInteger, 3, "3"},
           Case{ColumnType::kInteger, -1e15, "-1000000000000000"},
           Case{ColumnType::kReal, 0.1, "0.1"},
           Case{ColumnType::kReal, 2, "2"},
           Case{ColumnType::kBoolean, 1, "true"},
           Case{ColumnType::kBoolean, 0, "false"},
           Case{ColumnType::kDatetime, 86400, "1970-01-02"},
           Case{ColumnType::kDatetime, 86401, "1970-01-02T00:00:01Z"},
           Case{ColumnType::kDatetime, 86400.5, "1970-01-02T00:00:00.500Z"},
           Case{ColumnType::kDatetime, -86400, "1969-12-31"},
           Case{ColumnType::kDatetime, 1e300, "1e+300"},
           Case{ColumnType::kReal, kMissingNumber, ""},
           Case{ColumnType::kDatetime, kMissingNumber, ""},
       }) {
    EXPECT_EQ(Column::Numbers("x", type, {value}).ToText(0), text) << ColumnTypeName(type);
  }
}

TEST(ColumnTest, AppendingCodesMergesDictionaries) {
  Column column = Column::Codes("c", ColumnType::kCategory, {1, 0}, {"red", "blue"});
  column.Append(
      Column::Codes("c", ColumnType::kCategory, {2, kMissingCode, 0}, {"green", "grey", "red"}));
  EXPECT_THAT(AllTexts(column), ElementsAre("blue", "red", "red", "", "green"));
  EXPECT_THAT(column.dictionary(), ElementsAre("red", "blue", "green", "grey"));
  column.Append(Column::Codes("c", ColumnType::kCategory, {}, {}));
  EXPECT_EQ(column.size(), 5);
}

TEST(ColumnTest, AnEmptyColumnHasNoRows) {
  EXPECT_EQ(Column::Texts("t").size(), 0);
  EXPECT_EQ(Column::Numbers("n", ColumnType::kReal, {}).size(), 0);
  EXPECT_EQ(Column::Codes("c", ColumnType::kCategory, {}, {}).CountMissing(), 0);
}

TEST(ColumnTest, TakingInTwoStepsIsTakingOnce) {
  Random random(5);
  for (const Column& column : OneOfEachStorage()) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      std::vector<std::int64_t> first, second, both;
      for (int i = 0; i < 10; ++i) {
        first.push_back(static_cast<std::int64_t>(random.Below(4)));
        second.push_back(static_cast<std::int64_t>(random.Below(10)));
      }
      for (const std::int64_t row : second) both.push_back(first[static_cast<std::size_t>(row)]);
      EXPECT_EQ(AllTexts(column.Take(first).Take(second)), AllTexts(column.Take(both)));
    }
  }
}

TEST(ColumnTypeTest, NamesReadBackAndMistakesNameTheNearest) {
  for (const ColumnType type :
       {ColumnType::kInteger, ColumnType::kReal, ColumnType::kBoolean, ColumnType::kCategory,
        ColumnType::kText, ColumnType::kDatetime, ColumnType::kList, ColumnType::kId}) {
    EXPECT_EQ(*ParseColumnType(ColumnTypeName(type)), type);
  }
  const Status status = ParseColumnType("categry").status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("Did you mean \"category\"?"));
  EXPECT_FALSE(ParseColumnType("Category").ok());
  EXPECT_FALSE(ParseColumnType("").ok());
}

}  // namespace
}  // namespace reeve
