#include "reeve/workflow/label_reader.h"

#include <algorithm>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"

namespace reeve::workflow {

Result<std::optional<std::int32_t>> LabelReader::Read(const Column& labels,
                                                      std::int64_t row) const {
  const std::string label = labels.ToText(row);
  if (label.empty() || missing_.Contains(label)) return std::optional<std::int32_t>();
  std::vector<std::string> spellings = {label};
  if (const auto number = contract::ReadNumber(label, contract::NumberFormat::kPlain))
    spellings.push_back(Column::Numbers("", ColumnType::kReal, {*number}).ToText(0));
  if (label.ends_with('.'))
    spellings.emplace_back(Trim(std::string_view(label).substr(0, label.size() - 1)));
  for (const std::string& spelling : spellings) {
    const auto it = std::find(classes_.begin(), classes_.end(), spelling);
    if (it != classes_.end())
      return std::optional(static_cast<std::int32_t>(it - classes_.begin()));
  }
  return Status::InvalidData("label " + Quote(label, 60) + " of " + data_ +
                             " is no class of the model." + Suggest(label, classes_));
}

}  // namespace reeve::workflow
