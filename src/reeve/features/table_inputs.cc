#include "reeve/features/table_inputs.h"

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"

namespace reeve::features {
namespace {

std::string_view NameOf(Column::Storage storage) {
  switch (storage) {
    case Column::Storage::kNumbers:
      return "numbers";
    case Column::Storage::kCodes:
      return "categories";
    case Column::Storage::kTexts:
      break;
  }
  return "texts";
}

bool Fits(const Column& column, Column::Storage storage) {
  if (column.storage() == storage) return true;
  // Texts whose values repeat are kept as codes.
  return storage == Column::Storage::kTexts && column.storage() == Column::Storage::kCodes &&
         column.type() != ColumnType::kCategory;
}

}  // namespace

Result<TableInputs> TableInputs::Make(const Step& step, const ColumnIndex& columns) {
  TableInputs made;
  for (const StepInput& input : step.Inputs()) {
    const Column* const column = columns.Find(input.column);
    if (column == nullptr) {
      return Status::InvalidData("column " + Quote(input.column) +
                                 " of the pipeline is not in the table." +
                                 Suggest(input.column, columns.table().Names()));
    }
    if (!Fits(*column, input.storage)) {
      return Status::InvalidData("column " + Quote(input.column) + " holds " +
                                 std::string(ColumnTypeName(column->type())) +
                                 " values, the pipeline was fitted on " +
                                 std::string(NameOf(input.storage)));
    }
    Input& added = made.inputs_.emplace_back();
    added.column = column;
    added.storage = input.storage;
    if (input.storage == Column::Storage::kCodes)
      added.places = step.Places(made.inputs_.size() - 1, column->dictionary());
  }
  made.values_.resize(made.inputs_.size());
  return made;
}

std::string_view TableInputs::Input::TextAt(std::int64_t row) const {
  if (column->storage() == Column::Storage::kTexts) return column->text(row);
  const std::int32_t code = column->codes()[static_cast<std::size_t>(row)];
  if (code == kMissingCode) return {};
  return column->dictionary()[static_cast<std::size_t>(code)];
}

StepValues TableInputs::Input::Gather(std::span<const std::int64_t> rows) {
  switch (storage) {
    case Column::Storage::kNumbers:
      numbers.clear();
      for (const std::int64_t row : rows)
        numbers.push_back(column->numbers()[static_cast<std::size_t>(row)]);
      return {.numbers = numbers};
    case Column::Storage::kCodes:
      codes.clear();
      for (const std::int64_t row : rows)
        codes.push_back(column->codes()[static_cast<std::size_t>(row)]);
      return {.codes = codes, .places = places};
    case Column::Storage::kTexts:
      break;
  }
  texts.clear();
  for (const std::int64_t row : rows) texts.push_back(TextAt(row));
  return {.texts = texts};
}

std::span<const StepValues> TableInputs::Gather(std::span<const std::int64_t> rows) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) values_[i] = inputs_[i].Gather(rows);
  return values_;
}

}  // namespace reeve::features
