// profile.json: docs/formats/profile.md.

#include <nlohmann/json.hpp>

#include "reeve/contract/profile.h"

namespace reeve::contract {
namespace {

constexpr std::int64_t kVersion = 1;

Json HistogramToJson(const Histogram& histogram) {
  return Json{{"edges", histogram.edges}, {"counts", histogram.counts}};
}

Result<Histogram> HistogramFromJson(const Json& json, std::string_view member) {
  Histogram histogram;
  REEVE_ASSIGN_OR_RETURN(const Json* const object, JsonMember(json, member));
  REEVE_ASSIGN_OR_RETURN(histogram.edges, JsonNumbers(*object, "edges"));
  REEVE_ASSIGN_OR_RETURN(const std::vector<double> counts, JsonNumbers(*object, "counts"));
  for (const double count : counts) {
    if (!(count >= 0 && count < 9e15))
      return Status::Corrupt("a histogram holds a count that is none");
    histogram.counts.push_back(static_cast<std::int64_t>(count));
  }
  const bool fits = histogram.counts.size() + 1 == histogram.edges.size() ||
                    (histogram.edges.size() < 2 && histogram.counts.size() <= 1);
  if (!fits)
    return Status::Corrupt("a histogram has " + std::to_string(histogram.edges.size()) +
                           " edges for " + std::to_string(histogram.counts.size()) + " counts");
  return histogram;
}

Json ColumnToJson(const ColumnProfile& column) {
  Json json;
  json["name"] = column.name;
  json["type"] = std::string(ColumnTypeName(column.type));
  json["rows"] = column.rows;
  json["missing"] = column.missing;
  json["distinct"] = column.distinct;
  if (column.minimum) {
    json["minimum"] = *column.minimum;
    json["maximum"] = *column.maximum;
    json["mean"] = *column.mean;
    json["standard_deviation"] = *column.standard_deviation;
    json["quantiles"] = column.quantiles;
    json["uniform"] = HistogramToJson(column.uniform);
    json["frequency"] = HistogramToJson(column.frequency);
  }
  json["top_values"] = Json::array();
  for (const ValueCount& value : column.top_values) {
    json["top_values"].push_back(Json{{"value", value.value}, {"count", value.count}});
  }
  return json;
}

Result<ColumnProfile> ColumnFromJson(const Json& json) {
  ColumnProfile column;
  REEVE_ASSIGN_OR_RETURN(column.name, JsonString(json, "name"));
  REEVE_ASSIGN_OR_RETURN(const std::string type, JsonString(json, "type"));
  const Result<ColumnType> parsed = ParseColumnType(type);
  if (!parsed.ok()) return Status::Corrupt(parsed.status().message());
  column.type = *parsed;
  REEVE_ASSIGN_OR_RETURN(column.rows, JsonInteger(json, "rows"));
  REEVE_ASSIGN_OR_RETURN(column.missing, JsonInteger(json, "missing"));
  REEVE_ASSIGN_OR_RETURN(column.distinct, JsonInteger(json, "distinct"));
  if (json.contains("minimum")) {
    REEVE_ASSIGN_OR_RETURN(column.minimum, JsonNumber(json, "minimum"));
    REEVE_ASSIGN_OR_RETURN(column.maximum, JsonNumber(json, "maximum"));
    REEVE_ASSIGN_OR_RETURN(column.mean, JsonNumber(json, "mean"));
    REEVE_ASSIGN_OR_RETURN(column.standard_deviation, JsonNumber(json, "standard_deviation"));
    REEVE_ASSIGN_OR_RETURN(column.quantiles, JsonNumbers(json, "quantiles"));
    REEVE_ASSIGN_OR_RETURN(column.uniform, HistogramFromJson(json, "uniform"));
    REEVE_ASSIGN_OR_RETURN(column.frequency, HistogramFromJson(json, "frequency"));
  }
  REEVE_ASSIGN_OR_RETURN(const Json* const values, JsonArray(json, "top_values"));
  for (const Json& element : *values) {
    ValueCount value;
    REEVE_ASSIGN_OR_RETURN(value.value, JsonString(element, "value"));
    REEVE_ASSIGN_OR_RETURN(value.count, JsonInteger(element, "count"));
    column.top_values.push_back(std::move(value));
  }
  return column;
}

}  // namespace

Json ToJson(const Profile& profile) {
  Json json;
  json["format_version"] = kVersion;
  json["digest"] = profile.digest;
  json["rows"] = profile.rows;
  json["quantile_levels"] = kQuantiles;
  json["columns"] = Json::array();
  for (const ColumnProfile& column : profile.columns)
    json["columns"].push_back(ColumnToJson(column));
  return json;
}

Result<Profile> ProfileFromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, JsonInteger(json, "format_version"));
  if (version != kVersion) {
    return Status::Corrupt("profile has format version " + std::to_string(version) +
                           ", this Reeve reads version 1");
  }
  Profile profile;
  REEVE_ASSIGN_OR_RETURN(profile.digest, JsonString(json, "digest"));
  REEVE_ASSIGN_OR_RETURN(profile.rows, JsonInteger(json, "rows"));
  REEVE_ASSIGN_OR_RETURN(const Json* const columns, JsonArray(json, "columns"));
  for (const Json& element : *columns) {
    REEVE_ASSIGN_OR_RETURN(ColumnProfile column, ColumnFromJson(element));
    profile.columns.push_back(std::move(column));
  }
  return profile;
}

}  // namespace reeve::contract
