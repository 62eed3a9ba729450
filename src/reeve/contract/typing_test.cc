#include "reeve/contract/typing.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::contract {
namespace {

Column Raw(const std::vector<std::string>& values, const std::string& name = "x") {
  Column column = Column::Texts(name);
  for (const std::string& value : values) column.AppendText(value);
  return column;
}

TypedTable Typed(const std::vector<std::string>& values, const TypingOptions& options = {}) {
  Table table;
  table.Add(Raw(values));
  return InferTypes(std::move(table), options).value();
}

ColumnType TypeOf(const std::vector<std::string>& values) {
  return Typed(values).table.column(0).type();
}

std::vector<std::string> Many(const std::string& prefix, int count) {
  std::vector<std::string> values;
  for (int i = 0; i < count; ++i) values.push_back(prefix + std::to_string(1000 + i * 7919 % 9000));
  return values;
}

TEST(InferTypesTest, TellsTypesByAllValues) {
  EXPECT_EQ(TypeOf({"1", "2", "-3"}), ColumnType::kInteger);
  EXPECT_EQ(TypeOf({"1", "2.5", "1e3"}), ColumnType::kReal);
  EXPECT_EQ(TypeOf({"10000000000000000000000001", "2"}), ColumnType::kReal);
  EXPECT_EQ(TypeOf({"true", "FALSE", ""}), ColumnType::kBoolean);
  EXPECT_EQ(TypeOf({"Yes", "No"}), ColumnType::kCategory);
  EXPECT_EQ(TypeOf({"T", "F"}), ColumnType::kCategory);
  EXPECT_EQ(TypeOf({"2025-03-01", "2025-12-31T10:00:00Z"}), ColumnType::kDatetime);
  EXPECT_EQ(TypeOf({"00123", "00456"}), ColumnType::kCategory);
  EXPECT_EQ(TypeOf({"$3,199.00", "$12.50"}), ColumnType::kReal);
  EXPECT_EQ(TypeOf({"1,234", "999"}), ColumnType::kReal);
  EXPECT_EQ(TypeOf({"?", "NA", ""}), ColumnType::kReal);
  EXPECT_EQ(TypeOf(Many("c-", 50)), ColumnType::kId);
  EXPECT_EQ(TypeOf(Many("several words that say something ", 50)), ColumnType::kText);
}

TEST(InferTypesTest, MissingWordsAreMissing) {
  const TypedTable typed = Typed({"1", "?", "NA", "nan", "inf", "none", "", "3"});
  EXPECT_EQ(typed.table.column(0).type(), ColumnType::kInteger);
  EXPECT_EQ(typed.table.column(0).CountMissing(), 6);
  // Among texts "none" is a category.
  const TypedTable texts = Typed({"attic", "none", "?"});
  EXPECT_EQ(texts.table.column(0).ToText(1), "none");
  EXPECT_TRUE(texts.table.column(0).IsMissing(2));
}

TEST(InferTypesTest, AFewStraysAmongNumbersAreMissingAndSaid) {
  std::vector<std::string> values;
  for (int i = 0; i < 100; ++i) values.push_back(i % 50 == 3 ? "n/k" : std::to_string(i));
  const TypedTable typed = Typed(values);
  EXPECT_EQ(typed.table.column(0).type(), ColumnType::kInteger);
  EXPECT_EQ(typed.typing[0].stray_texts, std::vector<std::string>{"n/k"});
  ASSERT_EQ(typed.notes.size(), 1u);
  EXPECT_THAT(typed.notes[0].message,
              testing::HasSubstr("2 texts such as \"n/k\" among 98 numbers"));
  values[10] = values[20] = values[30] = values[40] = values[60] = values[70] = "n/k";
  EXPECT_EQ(Typed(values).table.column(0).type(), ColumnType::kCategory);
}

TEST(InferTypesTest, FixedTypesWin) {
  EXPECT_EQ(
      Typed({"1", "2"}, {.column_types = {{"x", ColumnType::kCategory}}}).table.column(0).ToText(0),
      "1");
  EXPECT_EQ(Typed({"1", "2"}, {.column_types = {{"x", ColumnType::kReal}}}).table.column(0).type(),
            ColumnType::kReal);
  Table table;
  table.Add(Raw({"1", "b"}));
  const Status status = InferTypes(table, {.column_types = {{"x", ColumnType::kReal}}}).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidData);
  EXPECT_THAT(status.message(),
              testing::HasSubstr("column \"x\", row 1: found \"b\", expected real"));
  EXPECT_THAT(InferTypes(table, {.column_types = {{"y", ColumnType::kReal}}}).status().message(),
              testing::HasSubstr("\"y\""));
}

TEST(InferTypesTest, NumbersOfTypedSourcesObeyTheRulesOfTexts) {
  const auto typed = [](std::vector<double> values, const TypingOptions& options) {
    Table table;
    table.Add(Column::Numbers("x", ColumnType::kInteger, std::move(values)));
    return InferTypes(std::move(table), options);
  };
  EXPECT_TRUE(typed({1, 99, 3}, {.missing_texts = {"99"}})->table.column(0).IsMissing(1));
  EXPECT_FALSE(typed({1, 99, 3}, {})->table.column(0).IsMissing(1));
  const TypingOptions boolean = {.column_types = {{"x", ColumnType::kBoolean}}};
  EXPECT_TRUE(typed({1, 0, kMissingNumber}, boolean).ok());
  EXPECT_THAT(typed({1, 0, 2}, boolean).status().message(),
              testing::HasSubstr("row 2: found \"2\", expected boolean"));
}

TEST(InferTypesTest, ThreadsDoNotMatter) {
  Table one, four;
  for (int c = 0; c < 8; ++c) {
    for (Table* const table : {&one, &four})
      table->Add(Raw(Many(c % 2 == 0 ? "" : "k", 500), "c" + std::to_string(c)));
  }
  EXPECT_EQ(DigestOf(InferTypes(std::move(one), {}, 1)->table),
            DigestOf(InferTypes(std::move(four), {}, 4)->table));
}

TEST(ReadNumberTest, DecoratedNumbers) {
  const std::pair<const char*, double> good[] = {
      {"$3,199.00", 3199}, {"₹449.0", 449},    {"Rs. 899", 899},           {"12 %", 12},
      {"-$5", -5},         {"(1,000)", -1000}, {"1,234,567.5", 1234567.5}, {"15 EUR", 15}};
  for (const auto& [text, value] : good) {
    ASSERT_TRUE(ReadNumber(text, NumberFormat::kDecorated).has_value()) << text;
    EXPECT_EQ(*ReadNumber(text, NumberFormat::kDecorated), value) << text;
    EXPECT_FALSE(ReadNumber(text, NumberFormat::kPlain).has_value()) << text;
  }
  for (const char* const text : {"1,23", "12,3456", ",123", "$", "%", "1.000,5", "a$1", "$$1"}) {
    EXPECT_FALSE(ReadNumber(text, NumberFormat::kDecorated).has_value()) << text;
  }
}

TEST(ReadDatetimeTest, IsoFormsOnly) {
  EXPECT_EQ(ReadDatetime("1970-01-02"), 86400);
  EXPECT_EQ(ReadDatetime("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(ReadDatetime("2016-04-30 03:22:56 +0000"), 1461986576);
  EXPECT_EQ(ReadDatetime("1970-01-01 00:00:00.25Z"), 0.25);
  for (const char* const text : {"31/12/2025", "2025-13-01", "2025-02-30", "2025-1-1", "12:30",
                                 "2025-03-01x", "2025-03-01 25:00", "20250301", ""}) {
    EXPECT_FALSE(ReadDatetime(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace reeve::contract
