#include "reeve/capi/cells.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/capi/test_bundle.h"

namespace reeve::capi {
namespace {

reeve_cell Number(double number) { return {.kind = REEVE_CELL_NUMBER, .number = number}; }
reeve_cell Boolean(bool value) { return {.kind = REEVE_CELL_BOOLEAN, .number = value ? 1.0 : 0.0}; }
reeve_cell Missing() { return {.kind = REEVE_CELL_MISSING}; }
reeve_cell Text(const std::string& text) {
  return {.kind = REEVE_CELL_TEXT,
          .text = text.data(),
          .length = static_cast<std::int64_t>(text.size())};
}

// A contract of one column.
contract::Contract ContractOf(ColumnType type) {
  contract::Contract contract;
  contract.columns.push_back({.name = "x", .type = type});
  return contract;
}

Column ColumnOf(ColumnType type, const std::vector<reeve_cell>& cells) {
  return TableOfCells(ContractOf(type), cells, static_cast<std::int64_t>(cells.size())).column(0);
}

TEST(CellsTest, NumbersStayNumbers) {
  const Column column =
      ColumnOf(ColumnType::kReal, {Number(0.1), Missing(), Number(std::nan("")), Boolean(true),
                                   Number(std::numeric_limits<double>::infinity()), Number(-0.0)});
  ASSERT_EQ(column.storage(), Column::Storage::kNumbers);
  EXPECT_EQ(column.numbers()[0], 0.1);
  EXPECT_TRUE(column.IsMissing(1) && column.IsMissing(2) && column.IsMissing(4));
  EXPECT_EQ(column.numbers()[3], 1);
  EXPECT_TRUE(std::signbit(column.numbers()[5]));
}

TEST(CellsTest, ATextAmongNumbersTurnsAllIntoTextsThatReadTheSame) {
  const std::string text = " 2.5 ";
  const Column column = ColumnOf(
      ColumnType::kReal,
      {Text(text), Number(0.1), Missing(), Number(1e300), Number(std::nan("")), Boolean(true)});
  ASSERT_EQ(column.storage(), Column::Storage::kTexts);
  EXPECT_EQ(column.text(0), "2.5");
  EXPECT_EQ(std::stod(std::string(column.text(1))), 0.1);
  EXPECT_EQ(column.text(2), "");
  EXPECT_EQ(std::stod(std::string(column.text(3))), 1e300);
  EXPECT_EQ(column.text(4), "");
  EXPECT_EQ(column.text(5), "1");
}

TEST(CellsTest, ACategoryIsLookedUpByTheShortestText) {
  const Column numbers = ColumnOf(ColumnType::kCategory, {Number(3), Number(2.5)});
  EXPECT_EQ(numbers.ToText(0), "3");
  EXPECT_EQ(numbers.ToText(1), "2.5");
  EXPECT_EQ(ColumnOf(ColumnType::kCategory, {Boolean(true)}).ToText(0), "true");
  const Column mixed = ColumnOf(ColumnType::kCategory, {Boolean(true), Number(1), Missing()});
  EXPECT_EQ(mixed.ToText(0), "true");
  EXPECT_EQ(mixed.ToText(1), "1");
  EXPECT_EQ(mixed.ToText(2), "");
}

TEST(CellsTest, SecondsAmongDatesBecomeDates) {
  const std::string text = "2025-03-01";
  const Column column = ColumnOf(ColumnType::kDatetime, {Text(text), Number(86'400)});
  EXPECT_EQ(column.text(1), "1970-01-02");
}

TEST(CellsTest, TextsMayHoldZeroBytesAndBeEmpty) {
  const std::string text("a\0b", 3);
  const Column column = ColumnOf(
      ColumnType::kText, {Text(text), {.kind = REEVE_CELL_TEXT, .text = nullptr, .length = 0}});
  EXPECT_EQ(column.text(0), text);
  EXPECT_EQ(column.text(1), "");
}

TEST(CellsTest, RefusesCellsThatAreNone) {
  const std::string bad = "\xff";
  const struct {
    const char* label;
    reeve_cell cell;
    const char* message;
  } cases[] = {
      {"kind", {.kind = 4}, "kind 4, expected 0 to 3"},
      {"negative kind", {.kind = -1}, "kind -1"},
      {"no pointer", {.kind = REEVE_CELL_TEXT, .text = nullptr, .length = 1}, "without a pointer"},
      {"length", {.kind = REEVE_CELL_TEXT, .text = "x", .length = -1}, "length -1"},
      {"UTF-8", Text(bad), "no UTF-8"},
  };
  for (const auto& c : cases) {
    const std::vector<reeve_cell> cells = {Missing(), c.cell};
    const Status status = CheckCells(ContractOf(ColumnType::kText), cells);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << c.label;
    EXPECT_THAT(status.message(), testing::HasSubstr("row 1, feature \"x\"")) << c.label;
    EXPECT_THAT(status.message(), testing::HasSubstr(c.message)) << c.label;
  }
}

TEST(CellsTest, NoRowsAreATableOfNoRows) {
  const Table table = TableOfCells(MakeTestBundle().contract, {}, 0);
  EXPECT_EQ(table.column_count(), 5U);
  EXPECT_EQ(table.rows(), 0);
}

}  // namespace
}  // namespace reeve::capi
