#include "reeve/server/description/shell_command.h"

#include <nlohmann/json.hpp>

#include "reeve/base/number.h"
#include "reeve/server/description/typical_row.h"

namespace reeve::server {
namespace {

using contract::Cell;

// Whole numbers without a point, as people write them.
Json NumberJson(double number) {
  const auto integer = ParseInteger(FormatNumber(number));
  return integer ? Json(*integer) : Json(number);
}

Json CellJson(const contract::ContractColumn& column, const Cell& cell) {
  if (cell.kind == Cell::Kind::kNumber) return NumberJson(cell.number);
  if (cell.kind == Cell::Kind::kBoolean) return cell.number != 0;
  if (column.type == ColumnType::kInteger || column.type == ColumnType::kReal) {
    const auto number = contract::ReadNumber(cell.text, column.number_format);
    if (number) return NumberJson(*number);
  }
  return std::string(cell.text);
}

}  // namespace

Json RowBody(const ServedModel& model, std::span<const Cell> row) {
  Json body = Json::object();
  const auto& columns = model.contract().columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (row[i].kind != Cell::Kind::kMissing) body[columns[i].name] = CellJson(columns[i], row[i]);
  }
  return body;
}

std::string ShellCommand(std::string_view address, const ServedModel& model,
                         std::span<const Cell> row) {
  return "curl " + ShellQuote(address) + " \\\n  -H 'Content-Type: application/json' \\\n  -d " +
         ShellQuote(DumpJson(RowBody(model, row)));
}

std::string ShellQuote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace reeve::server
