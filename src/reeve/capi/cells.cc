#include "reeve/capi/cells.h"

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::capi {
namespace {

// The cells of one feature: every `stride`th one.
struct CellColumn {
  const contract::ContractColumn& column;
  const reeve_cell* first;
  std::size_t stride;
  std::int64_t rows;

  const reeve_cell& operator[](std::int64_t row) const {
    return first[static_cast<std::size_t>(row) * stride];
  }
};

std::string_view TextOf(const reeve_cell& cell) {
  return cell.length == 0 ? std::string_view()
                          : std::string_view(cell.text, static_cast<std::size_t>(cell.length));
}

// What is wrong with a cell; empty when nothing is.
std::string ProblemOf(const reeve_cell& cell) {
  if (cell.kind < REEVE_CELL_MISSING || cell.kind > REEVE_CELL_TEXT) {
    return "a cell of kind " + std::to_string(cell.kind) + ", expected 0 to 3";
  }
  if (cell.kind != REEVE_CELL_TEXT) return "";
  if (cell.length < 0 || (cell.length > 0 && cell.text == nullptr)) {
    return "a text of length " + std::to_string(cell.length) +
           (cell.text == nullptr ? " without a pointer" : "") + ", expected its UTF-8 bytes";
  }
  if (IsUtf8(TextOf(cell))) return "";
  return Quote(TextOf(cell)) + " holds bytes that are no UTF-8, expected UTF-8";
}

// Of a feature whose values are numbers true is 1; elsewhere a value is looked up by its text, and
// "true" and "1" are not the same.
bool HoldsNumbers(ColumnType type) {
  return type == ColumnType::kInteger || type == ColumnType::kReal;
}

struct Kinds {
  bool numbers = false, booleans = false, texts = false;
};

Kinds FindKinds(const CellColumn& cells) {
  Kinds kinds;
  for (std::int64_t row = 0; row < cells.rows; ++row) {
    kinds.numbers |= cells[row].kind == REEVE_CELL_NUMBER;
    kinds.booleans |= cells[row].kind == REEVE_CELL_BOOLEAN;
    kinds.texts |= cells[row].kind == REEVE_CELL_TEXT;
  }
  return kinds;
}

double NumberOf(const reeve_cell& cell) {
  if (cell.kind == REEVE_CELL_BOOLEAN) return cell.number != 0 ? 1 : 0;
  return cell.kind == REEVE_CELL_NUMBER && std::isfinite(cell.number) ? cell.number
                                                                      : kMissingNumber;
}

Column NumberColumn(const CellColumn& cells, ColumnType type) {
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(cells.rows));
  for (std::int64_t row = 0; row < cells.rows; ++row) numbers.push_back(NumberOf(cells[row]));
  return Column::Numbers(cells.column.name, type, std::move(numbers));
}

std::string NumberText(const CellColumn& cells, double number) {
  if (std::isnan(number)) return "";
  if (cells.column.type != ColumnType::kDatetime) return FormatNumber(number);
  return Column::Numbers("", ColumnType::kDatetime, {number}).ToText(0);
}

Column TextColumn(const CellColumn& cells) {
  Column column = Column::Texts(cells.column.name);
  for (std::int64_t row = 0; row < cells.rows; ++row) {
    const reeve_cell& cell = cells[row];
    if (cell.kind == REEVE_CELL_TEXT) {
      column.AppendText(Trim(TextOf(cell)));
    } else if (cell.kind == REEVE_CELL_BOOLEAN && !HoldsNumbers(cells.column.type)) {
      column.AppendText(cell.number != 0 ? "true" : "false");
    } else {
      column.AppendText(NumberText(cells, NumberOf(cell)));
    }
  }
  return column;
}

Column ColumnOfCells(const CellColumn& cells) {
  const Kinds kinds = FindKinds(cells);
  const ColumnType type = cells.column.type;
  const bool has_truth = HoldsNumbers(type) || type == ColumnType::kBoolean;
  const bool is_mixed = kinds.booleans && kinds.numbers && !has_truth;
  const bool is_no_date = kinds.booleans && type == ColumnType::kDatetime;
  if (kinds.texts || is_mixed || is_no_date) return TextColumn(cells);
  return NumberColumn(cells, kinds.booleans ? ColumnType::kBoolean : ColumnType::kReal);
}

// Into the last row of `columns`.
void SetCell(const reeve_cell& cell, ColumnType type, std::size_t field,
             contract::CellColumns& columns) {
  using Kind = contract::Cell::Kind;
  if (cell.kind == REEVE_CELL_TEXT) {
    columns.SetText(field, TextOf(cell));
  } else if (cell.kind == REEVE_CELL_BOOLEAN && !HoldsNumbers(type)) {
    columns.Set(field, {.kind = Kind::kBoolean, .number = NumberOf(cell)});
  } else if (const double number = NumberOf(cell); !std::isnan(number)) {
    const bool is_date = type == ColumnType::kDatetime;
    columns.Set(field, {.kind = is_date ? Kind::kSeconds : Kind::kNumber, .number = number});
  }
}

}  // namespace

Status CheckCells(const contract::Contract& contract, std::span<const reeve_cell> cells) {
  const std::size_t fields = contract.columns.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string problem = ProblemOf(cells[i]);
    if (!problem.empty()) {
      return Status::InvalidArgument("row " + std::to_string(i / fields) + ", feature " +
                                     Quote(contract.columns[i % fields].name) + ": " + problem);
    }
  }
  return Status::Ok();
}

Table TableOfCells(const contract::Contract& contract, std::span<const reeve_cell> cells,
                   std::int64_t rows) {
  Table table;
  const std::size_t fields = contract.columns.size();
  for (std::size_t i = 0; i < fields; ++i) {
    const reeve_cell* const first = rows == 0 ? nullptr : &cells[i];
    table.Add(ColumnOfCells({contract.columns[i], first, fields, rows}));
  }
  return table;
}

void ColumnsOfCells(const contract::Contract& contract, std::span<const reeve_cell> cells,
                    std::int64_t rows, contract::CellColumns& columns) {
  const std::size_t fields = contract.columns.size();
  columns.Begin(fields);
  for (std::int64_t row = 0; row < rows; ++row) {
    columns.AddRow();
    const auto of_row = cells.subspan(static_cast<std::size_t>(row) * fields, fields);
    for (std::size_t field = 0; field < fields; ++field)
      SetCell(of_row[field], contract.columns[field].type, field, columns);
  }
}

}  // namespace reeve::capi
