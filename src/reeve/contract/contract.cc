#include "reeve/contract/contract.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace reeve::contract {
namespace {

struct NamedRule {
  Rule rule;
  std::string_view name;
  bool fatal;
};
constexpr std::array<NamedRule, 5> kRules = {{{Rule::kMissingColumn, "missing_column", true},
                                              {Rule::kMissingValue, "missing_value", true},
                                              {Rule::kWrongType, "wrong_type", true},
                                              {Rule::kUnseenCategory, "unseen_category", false},
                                              {Rule::kOutOfRange, "out_of_range", false}}};

std::vector<std::pair<std::string, std::int64_t>> CountCategories(const Column& column) {
  std::vector<std::int64_t> counts(column.dictionary().size());
  for (const std::int32_t code : column.codes()) {
    if (code != kMissingCode) ++counts[static_cast<std::size_t>(code)];
  }
  std::vector<std::pair<std::string, std::int64_t>> categories;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] > 0) categories.emplace_back(column.dictionary()[code], counts[code]);
  }
  std::sort(categories.begin(), categories.end(), [](const auto& a, const auto& b) {
    return a.second > b.second || (a.second == b.second && a.first < b.first);
  });
  return categories;
}

ContractColumn MakeColumn(const Column& column, const ColumnTyping& typing) {
  ContractColumn made{.name = column.name(),
                      .type = column.type(),
                      .number_format = typing.number_format,
                      .date_format = typing.date_format,
                      .stray_texts = typing.stray_texts,
                      .required = column.CountMissing() == 0};
  if (column.storage() == Column::Storage::kNumbers) {
    for (const double number : column.numbers()) {
      if (std::isnan(number)) continue;
      made.minimum = std::min(made.minimum.value_or(number), number);
      made.maximum = std::max(made.maximum.value_or(number), number);
    }
  }
  if (column.type() == ColumnType::kCategory) made.categories = CountCategories(column);
  return made;
}

}  // namespace

std::string_view RuleName(Rule rule) { return kRules[static_cast<std::size_t>(rule)].name; }
bool IsFatal(Rule rule) { return kRules[static_cast<std::size_t>(rule)].fatal; }

std::optional<std::size_t> Contract::Find(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  return std::nullopt;
}

std::vector<std::string> Contract::Names() const {
  std::vector<std::string> names;
  for (const ContractColumn& column : columns) names.push_back(column.name);
  return names;
}

Contract MakeContract(const TypedTable& table, const std::vector<std::string>& features) {
  Contract contract;
  const std::set<std::string> wanted(features.begin(), features.end());
  for (std::size_t i = 0; i < table.table.column_count(); ++i) {
    const Column& column = table.table.column(i);
    if (wanted.contains(column.name()))
      contract.columns.push_back(MakeColumn(column, table.typing[i]));
  }
  return contract;
}

std::vector<std::string> UnknownColumns(const Contract& contract,
                                        const std::vector<std::string>& names) {
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    if (name != contract.target && !contract.Find(name)) unknown.push_back(name);
  }
  return unknown;
}

}  // namespace reeve::contract
