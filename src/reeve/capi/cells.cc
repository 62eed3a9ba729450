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

struct Kinds {
  bool numbers = false, booleans = false, texts = false;
};

Status BadCell(const CellColumn& cells, std::int64_t row, const std::string& problem) {
  return Status::InvalidArgument("row " + std::to_string(row) + ", feature " +
                                 Quote(cells.column.name) + ": " + problem);
}

std::string_view TextOf(const reeve_cell& cell) {
  return cell.length == 0 ? std::string_view()
                          : std::string_view(cell.text, static_cast<std::size_t>(cell.length));
}

Status CheckText(const CellColumn& cells, std::int64_t row) {
  const reeve_cell& cell = cells[row];
  if (cell.length < 0 || (cell.length > 0 && cell.text == nullptr)) {
    return BadCell(cells, row,
                   "a text of length " + std::to_string(cell.length) +
                       (cell.text == nullptr ? " without a pointer" : "") +
                       ", expected its UTF-8 bytes");
  }
  if (!IsUtf8(TextOf(cell))) {
    return BadCell(cells, row,
                   Quote(TextOf(cell)) + " holds bytes that are no UTF-8, expected UTF-8");
  }
  return Status::Ok();
}

Result<Kinds> FindKinds(const CellColumn& cells) {
  Kinds kinds;
  for (std::int64_t row = 0; row < cells.rows; ++row) {
    switch (cells[row].kind) {
      case REEVE_CELL_MISSING:
        break;
      case REEVE_CELL_NUMBER:
        kinds.numbers = true;
        break;
      case REEVE_CELL_BOOLEAN:
        kinds.booleans = true;
        break;
      case REEVE_CELL_TEXT:
        kinds.texts = true;
        REEVE_RETURN_IF_ERROR(CheckText(cells, row));
        break;
      default:
        return BadCell(cells, row,
                       "a cell of kind " + std::to_string(cells[row].kind) + ", expected 0 to 3");
    }
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
    } else if (cell.kind == REEVE_CELL_BOOLEAN) {
      column.AppendText(cell.number != 0 ? "true" : "false");
    } else {
      column.AppendText(NumberText(cells, NumberOf(cell)));
    }
  }
  return column;
}

Result<Column> ColumnOfCells(const CellColumn& cells) {
  REEVE_ASSIGN_OR_RETURN(const Kinds kinds, FindKinds(cells));
  const ColumnType type = cells.column.type;
  const bool is_number = type == ColumnType::kInteger || type == ColumnType::kReal ||
                         type == ColumnType::kBoolean || type == ColumnType::kDatetime;
  // Where a value is looked up by its text, "true" and "1" are not the same.
  if (kinds.texts || (!is_number && kinds.numbers && kinds.booleans)) return TextColumn(cells);
  return NumberColumn(cells, kinds.booleans ? ColumnType::kBoolean : ColumnType::kReal);
}

}  // namespace

Result<Table> TableOfCells(const contract::Contract& contract, std::span<const reeve_cell> cells,
                           std::int64_t rows) {
  Table table;
  const std::size_t stride = contract.columns.size();
  for (std::size_t i = 0; i < stride; ++i) {
    const reeve_cell* const first = rows == 0 ? nullptr : &cells[i];
    REEVE_ASSIGN_OR_RETURN(Column column,
                           ColumnOfCells({contract.columns[i], first, stride, rows}));
    table.Add(std::move(column));
  }
  return table;
}

}  // namespace reeve::capi
