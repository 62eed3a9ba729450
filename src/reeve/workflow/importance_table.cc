#include "reeve/workflow/importance_table.h"

#include <nlohmann/json.hpp>

#include "reeve/evaluation/metric.h"

namespace reeve::workflow {

std::string_view UnitName(explain::Unit unit) {
  return unit == explain::Unit::kLogOdds ? "log_odds" : "probability";
}

std::string UnitText(std::string_view unit) {
  return unit == UnitName(explain::Unit::kLogOdds) ? "log-odds" : "probability";
}

ImportanceTable PermutationTable(explain::PermutationImportance importance) {
  return {.kind = "permutation",
          .metric = std::string(evaluation::InfoOf(importance.metric).name),
          .score = importance.score,
          .unit = {},
          .rows = {},
          .columns = std::move(importance.columns)};
}

ImportanceTable ContributionTable(std::vector<explain::ColumnImportance> columns,
                                  explain::Unit unit) {
  return {.kind = "contributions",
          .metric = {},
          .unit = std::string(UnitName(unit)),
          .rows = {},
          .columns = std::move(columns)};
}

Json ToJson(const ImportanceTable& table) {
  Json json;
  json["kind"] = table.kind;
  if (!table.metric.empty()) {
    json["metric"] = table.metric;
    json["score"] = table.score;
  }
  if (!table.unit.empty()) json["unit"] = table.unit;
  json["rows"] = table.rows;
  json["row_count"] = table.row_count;
  json["columns"] = Json::array();
  for (const explain::ColumnImportance& column : table.columns) {
    Json entry{{"column", column.column}, {"importance", column.mean}};
    if (table.kind != "training") entry["ci"] = {column.low, column.high};
    json["columns"].push_back(std::move(entry));
  }
  return json;
}

Result<ImportanceTable> ImportanceTableFromJson(const Json& json) {
  ImportanceTable table;
  REEVE_ASSIGN_OR_RETURN(table.kind, JsonString(json, "kind"));
  REEVE_ASSIGN_OR_RETURN(table.rows, JsonString(json, "rows"));
  REEVE_ASSIGN_OR_RETURN(table.row_count, JsonInteger(json, "row_count"));
  if (table.row_count < 0) return Status::Corrupt("member \"row_count\" is below 0");
  if (json.contains("metric")) {
    REEVE_ASSIGN_OR_RETURN(table.metric, JsonString(json, "metric"));
    REEVE_ASSIGN_OR_RETURN(table.score, JsonNumber(json, "score"));
  }
  if (json.contains("unit")) {
    REEVE_ASSIGN_OR_RETURN(table.unit, JsonString(json, "unit"));
  }
  REEVE_ASSIGN_OR_RETURN(const Json* const columns, JsonArray(json, "columns"));
  for (const Json& entry : *columns) {
    explain::ColumnImportance column;
    REEVE_ASSIGN_OR_RETURN(column.column, JsonString(entry, "column"));
    REEVE_ASSIGN_OR_RETURN(column.mean, JsonNumber(entry, "importance"));
    column.low = column.high = column.mean;
    if (entry.contains("ci")) {
      REEVE_ASSIGN_OR_RETURN(const std::vector<double> interval, JsonNumbers(entry, "ci"));
      if (interval.size() != 2) return Status::Corrupt("member \"ci\" is no pair of numbers");
      column.low = interval[0];
      column.high = interval[1];
    }
    table.columns.push_back(std::move(column));
  }
  return table;
}

std::vector<std::string> BandClasses(const std::vector<std::string>& classes) {
  if (classes.size() == 2) return {classes[1]};
  return classes;
}

Json ToJson(const explain::PartialDependence& dependence, const std::vector<std::string>& classes) {
  Json json;
  json["column"] = dependence.column;
  json["type"] = std::string(ColumnTypeName(dependence.type));
  json["points"] = Json::array();
  for (const explain::DependencePoint& point : dependence.points) {
    Json entry{{"value", point.value}, {"share", point.share}};
    if (point.number) entry["number"] = *point.number;
    entry["probability"] = Json::object();
    entry["between"] = Json::object();
    for (std::size_t k = 0; k < point.bands.size(); ++k) {
      entry["probability"][classes[k]] = point.bands[k].mean;
      entry["between"][classes[k]] = {point.bands[k].low, point.bands[k].high};
    }
    json["points"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace reeve::workflow
