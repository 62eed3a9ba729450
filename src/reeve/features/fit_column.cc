#include "reeve/features/fit_column.h"

#include "reeve/features/category_step.h"
#include "reeve/features/number_step.h"

namespace reeve::features {

std::unique_ptr<Step> FitColumn(const Column& column, std::span<const std::int64_t> rows,
                                const PipelineOptions& options) {
  switch (column.type()) {
    case ColumnType::kText:
    case ColumnType::kList:
    case ColumnType::kId:
      return nullptr;
    case ColumnType::kCategory:
      return column.storage() == Column::Storage::kCodes ? CategoryStep::Fit(column, rows, options)
                                                         : nullptr;
    case ColumnType::kInteger:
    case ColumnType::kReal:
    case ColumnType::kBoolean:
    case ColumnType::kDatetime:
      break;
  }
  return column.storage() == Column::Storage::kNumbers ? NumberStep::Fit(column, rows, options)
                                                       : nullptr;
}

}  // namespace reeve::features
