#include "reeve/predictions/row_table.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::predictions {
namespace {

using contract::Cell;
using Rows = std::vector<std::uint32_t>;

constexpr std::array<std::string_view, 10> kOwnColumns = {
    "time",    "request_id", "row",         "key",   "model",
    "version", "prediction", "probability", "label", "label_time"};

Cell::Kind KindAt(const FieldCells& field, std::size_t row) {
  return static_cast<Cell::Kind>(field.kinds[row]);
}

bool IsNumeric(ColumnType type) {
  return type == ColumnType::kInteger || type == ColumnType::kReal || type == ColumnType::kBoolean;
}

// Calls visit(cell) for the selected rows of a field, in order.
template <typename Visit>
void ForSelected(const FieldCells& field, const Rows& selected, const Visit& visit) {
  const std::vector<std::string_view> texts = field.texts.Views();
  std::size_t row = 0, number = 0, text = 0;
  for (const std::uint32_t wanted : selected) {
    Cell cell;
    for (; row <= wanted; ++row) {
      cell = {.kind = KindAt(field, row)};
      if (cell.kind == Cell::Kind::kText) {
        cell.text = texts[text++];
      } else if (cell.kind != Cell::Kind::kMissing) {
        cell.number = field.numbers[number++];
      }
    }
    visit(cell);
  }
}

// A cell as a field of a CSV file would spell it.
void AppendCell(const Cell& cell, std::string& text) {
  if (cell.kind == Cell::Kind::kText) {
    text.append(Trim(cell.text));
  } else if (cell.kind == Cell::Kind::kBoolean) {
    text.append(cell.number != 0 ? "true" : "false");
  } else if (cell.kind == Cell::Kind::kNumber) {
    AppendNumber(cell.number, text);
  }
}

Column TextColumn(const FieldCells& field, const Rows& selected, const std::string& name,
                  ColumnType type) {
  Column column = Column::Texts(name, type);
  std::string text;
  ForSelected(field, selected, [&](const Cell& cell) {
    text.clear();
    AppendCell(cell, text);
    column.AppendText(text);
  });
  return column;
}

// Texts among numbers are read by the contract's own rules, as the model's input was.
Result<Column> ReadByContract(const FieldCells& field, const Rows& selected,
                              const contract::Contract& contract, std::size_t field_idx) {
  contract::Contract single{.columns = {contract.columns[field_idx]},
                            .missing_texts = contract.missing_texts};
  single.columns.front().required = false;
  Table raw;
  raw.Add(TextColumn(field, selected, single.columns.front().name, ColumnType::kText));
  REEVE_ASSIGN_OR_RETURN(contract::Conformed conformed, contract::Conform(single, raw, {}));
  return std::move(conformed.table.mutable_column(0));
}

Result<Column> FieldColumn(const FieldCells& field, const Rows& selected,
                           const contract::Contract& contract, std::size_t field_idx) {
  const contract::ContractColumn& column = contract.columns[field_idx];
  if (!IsNumeric(column.type) && column.type != ColumnType::kDatetime)
    return TextColumn(field, selected, column.name, column.type);
  const bool has_texts = field.texts.size() > 0;
  if (has_texts || (column.type == ColumnType::kDatetime && !field.numbers.empty()))
    return ReadByContract(field, selected, contract, field_idx);
  std::vector<double> numbers;
  numbers.reserve(selected.size());
  ForSelected(field, selected, [&](const Cell& cell) {
    numbers.push_back(cell.kind == Cell::Kind::kMissing ? kMissingNumber : cell.number);
  });
  return Column::Numbers(column.name, column.type, std::move(numbers));
}

// Years 1 to 9999, whatever a damaged clock or a hostile file says.
double SecondsOf(std::int64_t time_ms) {
  constexpr std::int64_t kFirst = -62'135'596'800'000, kLast = 253'402'300'799'999;
  return static_cast<double>(std::clamp(time_ms, kFirst, kLast)) / 1000.0;
}

Column Times(const std::string& name, const std::vector<double>& seconds) {
  return Column::Numbers(name, ColumnType::kDatetime, seconds);
}

Column Texts(const std::string& name, const std::vector<std::string_view>& texts,
             const Rows& selected) {
  Column column = Column::Texts(name);
  for (const std::uint32_t row : selected) column.AppendText(texts[row]);
  return column;
}

Column Constant(const std::string& name, const std::string& value, std::size_t rows) {
  return Column::Codes(name, ColumnType::kText, std::vector<std::int32_t>(rows, 0), {value});
}

// Classes need not be distinct in a hostile file; a dictionary has to be.
Column Predictions(const RowColumns& columns, const contract::Contract& contract,
                   const Rows& selected) {
  Column column = Column::Texts("prediction");
  for (const std::uint32_t row : selected)
    column.AppendText(contract.classes[static_cast<std::size_t>(columns.predicted[row])]);
  return column;
}

void AddLabels(const RowColumns& columns, const Schema& schema, const Rows& selected,
               const Labels& labels, Table& table) {
  const auto request_ids = columns.request_ids.Views(), keys = columns.keys.Views();
  Column texts = Column::Texts("label");
  std::vector<double> times;
  for (const std::uint32_t row : selected) {
    const Labels::Found* found =
        labels.is_empty()
            ? nullptr
            : labels.Find(request_ids[row], columns.rows[row], keys[row], schema.model);
    texts.AppendText(found != nullptr ? found->label : std::string_view());
    times.push_back(found != nullptr ? SecondsOf(found->time_ms) : kMissingNumber);
  }
  table.Add(std::move(texts));
  table.Add(Times("label_time", times));
}

}  // namespace

std::vector<std::uint32_t> SelectRows(const RowColumns& columns, const ReadFilter& filter) {
  const auto request_ids = columns.request_ids.Views(), keys = columns.keys.Views();
  std::vector<std::uint32_t> selected;
  for (std::uint32_t row = 0; row < columns.size(); ++row) {
    const std::int64_t time = columns.times_ms[row];
    if ((filter.since_ms && time < *filter.since_ms) ||
        (filter.until_ms && time >= *filter.until_ms) ||
        (!filter.request_id.empty() && request_ids[row] != filter.request_id) ||
        (!filter.key.empty() && keys[row] != filter.key))
      continue;
    selected.push_back(row);
  }
  return selected;
}

std::vector<std::string> FieldNames(const contract::Contract& contract) {
  std::set<std::string> taken(kOwnColumns.begin(), kOwnColumns.end());
  for (const contract::ContractColumn& column : contract.columns) taken.insert(column.name);
  std::vector<std::string> names;
  for (const contract::ContractColumn& column : contract.columns) {
    std::string name = column.name;
    if (std::find(kOwnColumns.begin(), kOwnColumns.end(), name) != kOwnColumns.end()) {
      while (!taken.insert(name).second) name = "input_" + name;
    }
    names.push_back(name);
  }
  return names;
}

Result<Table> MakeRowTable(const RowColumns& columns, const Schema& schema,
                           const std::vector<std::uint32_t>& selected, const Labels& labels) {
  const contract::Contract& contract = schema.contract;
  std::vector<double> seconds, rows, probability;
  for (const std::uint32_t row : selected) {
    seconds.push_back(SecondsOf(columns.times_ms[row]));
    rows.push_back(columns.rows[row]);
    const std::size_t shown =
        contract.classes.size() == 2 ? 1 : static_cast<std::size_t>(columns.predicted[row]);
    probability.push_back(columns.probabilities[shown][row]);
  }
  Table table;
  table.Add(Times("time", seconds));
  table.Add(Texts("request_id", columns.request_ids.Views(), selected));
  table.Add(Column::Numbers("row", ColumnType::kInteger, std::move(rows)));
  table.Add(Texts("key", columns.keys.Views(), selected));
  table.Add(Constant("model", schema.model, selected.size()));
  table.Add(Constant("version", schema.version, selected.size()));
  const std::vector<std::string> names = FieldNames(contract);
  for (std::size_t f = 0; f < columns.fields.size(); ++f) {
    REEVE_ASSIGN_OR_RETURN(Column field, FieldColumn(columns.fields[f], selected, contract, f));
    field.set_name(names[f]);
    table.Add(std::move(field));
  }
  table.Add(Predictions(columns, contract, selected));
  table.Add(Column::Numbers("probability", ColumnType::kReal, std::move(probability)));
  AddLabels(columns, schema, selected, labels, table);
  return table;
}

}  // namespace reeve::predictions
