#include "reeve/contract/cell_columns.h"

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::contract {
namespace {

Cell RandomCell(Random& random) {
  static constexpr std::string_view kTexts[] = {"", "a", "York", "2024-02-12"};
  switch (random.Below(4)) {
    case 0:
      return {};
    case 1:
      return {.kind = Cell::Kind::kNumber, .number = random.Normal()};
    case 2:
      return {.kind = Cell::Kind::kBoolean, .number = static_cast<double>(random.Below(2))};
    default:
      return {.kind = Cell::Kind::kText, .text = kTexts[random.Below(4)]};
  }
}

void ExpectEqual(const Cell& a, const Cell& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.number, b.number);
  EXPECT_EQ(a.text, b.text);
}

// One object for batches of ever other widths and lengths, as a service's thread has it.
TEST(CellColumnsTest, GivesBackWhatWasSetBatchAfterBatch) {
  Random random(1);
  CellColumns columns;
  for (int batch = 0; batch < 60; ++batch) {
    const std::size_t fields = 1 + random.Below(batch % 3 == 0 ? 40 : 4);
    const std::size_t rows = random.Below(batch % 5 == 0 ? 300 : 12);
    columns.Begin(fields);
    std::vector<Cell> expected(rows * fields);
    for (std::size_t row = 0; row < rows; ++row) {
      columns.AddRow();
      for (std::size_t field = 0; field < fields; ++field) {
        if (random.Below(4) == 0) continue;
        Cell& cell = expected[row * fields + field];
        cell = RandomCell(random);
        if (cell.kind == Cell::Kind::kNumber && random.Below(2) == 0) {
          columns.SetNumber(field, cell.number);
        } else if (cell.kind == Cell::Kind::kText && random.Below(2) == 0) {
          columns.SetText(field, cell.text);
        } else {
          columns.Set(field, cell);
        }
      }
    }
    ASSERT_EQ(columns.rows(), rows);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::vector<Cell> cells = columns.Row(row);
      ASSERT_EQ(cells.size(), fields);
      for (std::size_t field = 0; field < fields; ++field) {
        ExpectEqual(cells[field], expected[row * fields + field]);
        EXPECT_EQ(columns.kinds(field)[row], cells[field].kind);
        if (cells[field].kind == Cell::Kind::kText) {
          EXPECT_EQ(columns.heads(field)[row], TextHead::Of(cells[field].text));
        }
      }
    }
  }
}

TEST(CellColumnsTest, ARowOfABatchBeforeLeavesNothing) {
  CellColumns columns;
  columns.Begin(2);
  for (int row = 0; row < 100; ++row) {
    columns.AddRow();
    columns.SetNumber(0, row);
    columns.SetText(1, "text");
  }
  for (const std::size_t fields : {2, 1, 3}) {
    columns.Begin(fields);
    for (std::size_t row = 0; row < 150; ++row) {
      columns.AddRow();
      for (std::size_t field = 0; field < fields; ++field)
        ASSERT_EQ(columns.At(row, field).kind, Cell::Kind::kMissing);
    }
    for (std::size_t field = 0; field < fields; ++field) columns.SetNumber(field, 1);
  }
}

}  // namespace
}  // namespace reeve::contract
