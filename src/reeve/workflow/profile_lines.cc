#include "reeve/workflow/profile_lines.h"

#include <algorithm>

#include "reeve/report/texts.h"

namespace reeve::workflow {
namespace {

constexpr std::size_t kMostBars = 20, kMostNamed = 3, kMedian = 4;
static_assert(contract::kQuantiles[kMedian] == 0.5);

std::string Written(const contract::ColumnProfile& column, double value) {
  if (column.type == ColumnType::kDatetime)
    return Column::Numbers("", column.type, {value}).ToText(0);
  return report::ShortNumber(value);
}

std::string Summary(const contract::ColumnProfile& column) {
  if (column.minimum && column.maximum && column.type != ColumnType::kBoolean) {
    std::string text = Written(column, *column.minimum);
    if (column.quantiles.size() > kMedian)
      text += " … " + Written(column, column.quantiles[kMedian]);
    return text + " … " + Written(column, *column.maximum);
  }
  std::string text;
  const auto known = static_cast<double>(std::max<std::int64_t>(column.rows - column.missing, 1));
  for (std::size_t i = 0; i < std::min(column.top_values.size(), kMostNamed); ++i) {
    const contract::ValueCount& value = column.top_values[i];
    text += (text.empty() ? "" : ", ") + report::Shorten(value.value, 30) + " " +
            report::Percent(static_cast<double>(value.count) / known, 0);
  }
  return text + (column.top_values.size() > kMostNamed ? ", …" : "");
}

std::vector<std::int64_t> Counts(const contract::ColumnProfile& column) {
  if (!column.uniform.counts.empty()) return column.uniform.counts;
  std::vector<std::int64_t> counts;
  // Every value of a category is counted; of free texts the most frequent say nothing.
  if (column.type != ColumnType::kCategory && column.type != ColumnType::kBoolean) return counts;
  for (std::size_t i = 0; i < std::min(column.top_values.size(), kMostBars); ++i)
    counts.push_back(column.top_values[i].count);
  return counts;
}

}  // namespace

std::vector<report::DataColumnLine> ProfileLines(const contract::Profile& profile) {
  std::vector<report::DataColumnLine> lines;
  for (const contract::ColumnProfile& column : profile.columns) {
    lines.push_back({.name = column.name,
                     .type = std::string(ColumnTypeName(column.type)),
                     .missing = static_cast<double>(column.missing) /
                                static_cast<double>(std::max<std::int64_t>(column.rows, 1)),
                     .distinct = column.distinct,
                     .summary = Summary(column),
                     .counts = Counts(column)});
  }
  return lines;
}

}  // namespace reeve::workflow
