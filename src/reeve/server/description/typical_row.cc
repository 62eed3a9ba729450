#include "reeve/server/description/typical_row.h"

#include <cmath>

#include "reeve/base/number.h"

namespace reeve::server {
namespace {

using contract::Cell;
using contract::ColumnProfile;
using contract::ContractColumn;

// The position of 0.5 in contract::kQuantiles.
constexpr std::size_t kMedian = 4;
// Rows that have to share a free text before it is shown.
constexpr std::int64_t kSharedText = 10;

Cell NumberCell(double number) { return {.kind = Cell::Kind::kNumber, .number = number}; }
Cell TextCell(std::string_view text) { return {.kind = Cell::Kind::kText, .text = text}; }

bool IsMostlyMissing(const ContractColumn& column, const ColumnProfile* profile) {
  return !column.required && profile != nullptr && 2 * profile->missing > profile->rows;
}

double Median(const ContractColumn& column, const ColumnProfile* profile) {
  if (profile == nullptr || profile->quantiles.size() <= kMedian) return column.minimum.value_or(0);
  const double median = profile->quantiles[kMedian];
  // Between two whole numbers lies none.
  if (column.type == ColumnType::kInteger) return std::floor(median);
  // Six digits say enough of a typical value.
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", median);
  return ParseNumber(text).value_or(median);
}

Cell TypicalText(const ContractColumn& column, const ColumnProfile* profile) {
  const bool is_shared = profile != nullptr && !profile->top_values.empty() &&
                         profile->top_values.front().count >= kSharedText;
  if (is_shared) return TextCell(profile->top_values.front().value);
  return TextCell(column.type == ColumnType::kList ? "[]" : kPlaceholderText);
}

Cell TypicalCell(const ContractColumn& column, const ColumnProfile* profile) {
  if (IsMostlyMissing(column, profile)) return {};
  const bool has_top = profile != nullptr && !profile->top_values.empty();
  switch (column.type) {
    case ColumnType::kInteger:
    case ColumnType::kReal:
      return NumberCell(Median(column, profile));
    case ColumnType::kBoolean: {
      const bool is_true = has_top && profile->top_values.front().value == "true";
      return {.kind = Cell::Kind::kBoolean, .number = is_true ? 1.0 : 0.0};
    }
    case ColumnType::kCategory:
      return column.categories.empty() ? Cell() : TextCell(column.categories.front().first);
    case ColumnType::kDatetime:
      return has_top ? TextCell(profile->top_values.front().value) : TextCell("2000-01-01");
    case ColumnType::kText:
    case ColumnType::kList:
    case ColumnType::kId:
      return TypicalText(column, profile);
  }
  return {};
}

}  // namespace

std::vector<Cell> TypicalRow(const ServedModel& model) {
  std::vector<Cell> row;
  const auto& columns = model.contract().columns;
  row.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i)
    row.push_back(TypicalCell(columns[i], FindProfile(model, i)));
  return row;
}

const ColumnProfile* FindProfile(const ServedModel& model, std::size_t position) {
  const auto& profiles = model.profile.columns;
  const std::string& name = model.contract().columns[position].name;
  if (position < profiles.size() && profiles[position].name == name) return &profiles[position];
  for (const ColumnProfile& profile : profiles) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

std::string CellText(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::kMissing:
      return "";
    case Cell::Kind::kNumber:
    case Cell::Kind::kSeconds:
      return FormatNumber(cell.number);
    case Cell::Kind::kBoolean:
      return cell.number != 0 ? "true" : "false";
    case Cell::Kind::kText:
      return std::string(cell.text);
  }
  return "";
}

}  // namespace reeve::server
