// contract.json: docs/formats/contract.md.

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/contract/contract.h"

namespace reeve::contract {
namespace {

constexpr std::int64_t kVersion = 1;

constexpr std::array<std::string_view, 3> kNumberFormats = {"plain", "decorated", "decimal_comma"};
constexpr std::array<std::string_view, 3> kDateFormats = {"iso", "day_first", "month_first"};

// A member that names one of `names`; the first when it is not there.
template <typename Format, std::size_t count>
Result<Format> FormatFromJson(const Json& json, const char* member,
                              const std::array<std::string_view, count>& names) {
  if (!json.contains(member)) return Format{};
  REEVE_ASSIGN_OR_RETURN(const std::string name, JsonString(json, member));
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    return Status::Corrupt(std::string(member) + " " + Quote(name, 40) + " is unknown");
  return static_cast<Format>(found - names.begin());
}

// Formats that a reader would take without being told are not written.
template <typename Format, std::size_t count>
void FormatToJson(Format format, const char* member,
                  const std::array<std::string_view, count>& names, Json& json) {
  if (format != Format{}) json[member] = std::string(names[static_cast<std::size_t>(format)]);
}

Json ColumnToJson(const ContractColumn& column) {
  Json json;
  json["name"] = column.name;
  json["type"] = std::string(ColumnTypeName(column.type));
  json["required"] = column.required;
  FormatToJson(column.number_format, "number_format", kNumberFormats, json);
  FormatToJson(column.date_format, "date_format", kDateFormats, json);
  if (!column.stray_texts.empty()) json["stray_texts"] = column.stray_texts;
  if (column.minimum) json["minimum"] = *column.minimum;
  if (column.maximum) json["maximum"] = *column.maximum;
  if (column.type == ColumnType::kCategory) {
    Json categories = Json::array();
    for (const auto& [value, rows] : column.categories)
      categories.push_back(Json{{"value", value}, {"rows", rows}});
    json["categories"] = std::move(categories);
  }
  return json;
}

Result<std::vector<std::pair<std::string, std::int64_t>>> CategoriesFromJson(const Json& json) {
  std::vector<std::pair<std::string, std::int64_t>> categories;
  REEVE_ASSIGN_OR_RETURN(const Json* const array, JsonArray(json, "categories"));
  std::set<std::string> seen;
  for (const Json& category : *array) {
    REEVE_ASSIGN_OR_RETURN(std::string value, JsonString(category, "value"));
    REEVE_ASSIGN_OR_RETURN(const std::int64_t rows, JsonInteger(category, "rows"));
    if (!seen.insert(value).second) return Status::Corrupt("a category stands twice");
    categories.emplace_back(std::move(value), rows);
  }
  return categories;
}

Result<ContractColumn> ColumnFromJson(const Json& json) {
  ContractColumn column;
  REEVE_ASSIGN_OR_RETURN(column.name, JsonString(json, "name"));
  REEVE_ASSIGN_OR_RETURN(const std::string type, JsonString(json, "type"));
  Result<ColumnType> parsed = ParseColumnType(type);
  if (!parsed.ok()) return Status::Corrupt(parsed.status().message());
  column.type = *parsed;
  REEVE_ASSIGN_OR_RETURN(column.required, JsonBool(json, "required"));
  REEVE_ASSIGN_OR_RETURN(column.number_format,
                         FormatFromJson<NumberFormat>(json, "number_format", kNumberFormats));
  REEVE_ASSIGN_OR_RETURN(column.date_format,
                         FormatFromJson<DateFormat>(json, "date_format", kDateFormats));
  if (json.contains("stray_texts")) {
    REEVE_ASSIGN_OR_RETURN(column.stray_texts, JsonStrings(json, "stray_texts"));
  }
  REEVE_ASSIGN_OR_RETURN(column.minimum, JsonOptionalNumber(json, "minimum"));
  REEVE_ASSIGN_OR_RETURN(column.maximum, JsonOptionalNumber(json, "maximum"));
  if (column.type == ColumnType::kCategory) {
    REEVE_ASSIGN_OR_RETURN(column.categories, CategoriesFromJson(json));
  }
  return column;
}

}  // namespace

Json ToJson(const Contract& contract) {
  Json json;
  json["format_version"] = kVersion;
  json["target"] = contract.target;
  json["classes"] = contract.classes;
  json["positive"] = contract.positive;
  json["missing_texts"] = contract.missing_texts;
  json["columns"] = Json::array();
  for (const ContractColumn& column : contract.columns)
    json["columns"].push_back(ColumnToJson(column));
  return json;
}

Result<Contract> ContractFromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, JsonInteger(json, "format_version"));
  if (version != kVersion) {
    return Status::Corrupt("contract has format version " + std::to_string(version) +
                           ", this Reeve reads version 1");
  }
  Contract contract;
  REEVE_ASSIGN_OR_RETURN(contract.target, JsonString(json, "target"));
  REEVE_ASSIGN_OR_RETURN(contract.classes, JsonStrings(json, "classes"));
  REEVE_ASSIGN_OR_RETURN(contract.positive, JsonString(json, "positive"));
  REEVE_ASSIGN_OR_RETURN(contract.missing_texts, JsonStrings(json, "missing_texts"));
  REEVE_ASSIGN_OR_RETURN(const Json* const columns, JsonArray(json, "columns"));
  std::set<std::string> names;
  for (const Json& element : *columns) {
    REEVE_ASSIGN_OR_RETURN(ContractColumn column, ColumnFromJson(element));
    if (!names.insert(column.name).second)
      return Status::Corrupt("a column stands twice in the contract");
    contract.columns.push_back(std::move(column));
  }
  if (contract.classes.size() < 2 ||
      std::set(contract.classes.begin(), contract.classes.end()).size() !=
          contract.classes.size()) {
    return Status::Corrupt("classes of the contract are not at least two distinct names");
  }
  return contract;
}

}  // namespace reeve::contract
