#include "reeve/report/picture_data.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace reeve::report {
namespace {

// More than a picture shows; what holds more was not written by a run.
constexpr std::size_t kMostCurves = 100, kMostPoints = 10'000, kMostBars = 100'000;

Json ToJson(const std::optional<evaluation::Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

Json ToJson(const std::vector<std::pair<double, double>>& points) {
  Json x = Json::array(), y = Json::array();
  for (const auto& point : points) {
    x.push_back(point.first);
    y.push_back(point.second);
  }
  return Json{{"x", std::move(x)}, {"y", std::move(y)}};
}

Json ToJson(const std::vector<NamedCurve>& curves) {
  Json json = Json::array();
  for (const NamedCurve& curve : curves) {
    Json one{{"name", curve.name}, {"area", curve.area}};
    one.update(ToJson(curve.points));
    json.push_back(std::move(one));
  }
  return json;
}

Json CalibrationToJson(const std::vector<CalibrationBin>& bins) {
  Json json = Json::array();
  for (const CalibrationBin& bin : bins) {
    json.push_back(Json{{"predicted", bin.predicted},
                        {"observed", bin.observed},
                        {"interval", ToJson(std::optional(bin.interval))},
                        {"rows", bin.rows}});
  }
  return json;
}

Json DistributionToJson(const std::optional<ScoreDistribution>& distribution) {
  if (!distribution) return nullptr;
  Json groups = Json::array();
  for (const ScoreDistribution::Group& group : distribution->groups)
    groups.push_back(Json{{"name", group.name}, {"counts", group.counts}});
  return Json{{"label", distribution->label},
              {"threshold", distribution->threshold ? Json(*distribution->threshold) : Json()},
              {"groups", std::move(groups)}};
}

Json ImportanceToJson(const std::optional<ImportanceChart>& chart) {
  if (!chart) return nullptr;
  Json bars = Json::array();
  for (const ImportanceBar& bar : chart->bars) {
    bars.push_back(
        Json{{"column", bar.column}, {"mean", bar.mean}, {"interval", ToJson(bar.interval)}});
  }
  return Json{
      {"measure", chart->measure}, {"is_share", chart->is_share}, {"bars", std::move(bars)}};
}

Json LearningToJson(const std::vector<LearningCurve>& curves) {
  Json json = Json::array();
  for (const LearningCurve& curve : curves) {
    Json one{{"name", curve.name}, {"fold", curve.fold ? Json(*curve.fold) : Json()}};
    one.update(ToJson(curve.points));
    json.push_back(std::move(one));
  }
  return json;
}

Json DependenceToJson(const std::vector<PartialDependence>& dependences) {
  Json json = Json::array();
  for (const PartialDependence& dependence : dependences) {
    Json points = Json::array();
    for (const PartialDependence::Point& point : dependence.points) {
      points.push_back(Json{{"value", point.label.empty() ? Json(point.x) : Json(point.label)},
                            {"mean", point.mean},
                            {"interval", ToJson(point.interval)}});
    }
    json.push_back(Json{{"column", dependence.column},
                        {"class", dependence.class_name},
                        {"points", std::move(points)}});
  }
  return json;
}

Json SlicesToJson(const std::optional<SliceChart>& chart) {
  if (!chart) return nullptr;
  Json slices = Json::array();
  for (const SliceRow& slice : chart->slices) {
    slices.push_back(Json{{"name", slice.name},
                          {"rows", slice.rows},
                          {"score", slice.score},
                          {"interval", ToJson(std::optional(slice.interval))},
                          {"difference", slice.difference},
                          {"adjusted_p", slice.adjusted_p},
                          {"expected", slice.expected},
                          {"adjusted_surprise_p", slice.adjusted_surprise_p}});
  }
  return Json{{"metric", chart->metric},       {"higher_is_better", chart->higher_is_better},
              {"rows", chart->rows},           {"overall", chart->overall},
              {"looked_at", chart->looked_at}, {"slices", std::move(slices)}};
}

Status TooMany(const std::string& what, std::size_t found, std::size_t most) {
  return Status::Corrupt(what + " has " + std::to_string(found) + " entries, expected at most " +
                         std::to_string(most));
}

// An array with at most `most` entries.
Result<const Json*> ShortArray(const Json& object, std::string_view member, std::size_t most) {
  REEVE_ASSIGN_OR_RETURN(const Json* const array, JsonArray(object, member));
  if (array->size() > most) return TooMany(std::string(member), array->size(), most);
  return array;
}

Result<evaluation::Interval> ReadInterval(const Json& object) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<double> ends, JsonNumbers(object, "interval"));
  if (ends.size() != 2)
    return Status::Corrupt("interval has " + std::to_string(ends.size()) + " numbers, expected 2");
  return evaluation::Interval{ends[0], ends[1]};
}

Result<std::vector<NamedCurve>> ReadCurves(const Json& object, std::string_view member) {
  REEVE_ASSIGN_OR_RETURN(const Json* const array, ShortArray(object, member, kMostCurves));
  std::vector<NamedCurve> curves;
  for (const Json& json : *array) {
    NamedCurve curve;
    REEVE_ASSIGN_OR_RETURN(curve.name, JsonString(json, "name"));
    REEVE_ASSIGN_OR_RETURN(curve.area, JsonNumber(json, "area"));
    REEVE_ASSIGN_OR_RETURN(const std::vector<double> x, JsonNumbers(json, "x"));
    REEVE_ASSIGN_OR_RETURN(const std::vector<double> y, JsonNumbers(json, "y"));
    if (x.size() != y.size())
      return Status::Corrupt(std::string(member) + ": x has " + std::to_string(x.size()) +
                             " numbers and y " + std::to_string(y.size()));
    if (x.size() > kMostPoints) return TooMany("x", x.size(), kMostPoints);
    for (std::size_t i = 0; i < x.size(); ++i) curve.points.emplace_back(x[i], y[i]);
    curves.push_back(std::move(curve));
  }
  return curves;
}

Result<std::vector<CalibrationBin>> ReadCalibration(const Json& object) {
  REEVE_ASSIGN_OR_RETURN(const Json* const array, ShortArray(object, "calibration", kMostPoints));
  std::vector<CalibrationBin> bins;
  for (const Json& json : *array) {
    CalibrationBin bin;
    REEVE_ASSIGN_OR_RETURN(bin.predicted, JsonNumber(json, "predicted"));
    REEVE_ASSIGN_OR_RETURN(bin.observed, JsonNumber(json, "observed"));
    REEVE_ASSIGN_OR_RETURN(bin.interval, ReadInterval(json));
    REEVE_ASSIGN_OR_RETURN(bin.rows, JsonInteger(json, "rows"));
    bins.push_back(bin);
  }
  return bins;
}

Result<ScoreDistribution> ReadDistribution(const Json& json) {
  constexpr std::size_t kMostGroups = 2, kMostBins = 1000;
  ScoreDistribution distribution;
  REEVE_ASSIGN_OR_RETURN(distribution.label, JsonString(json, "label"));
  REEVE_ASSIGN_OR_RETURN(distribution.threshold, JsonOptionalNumber(json, "threshold"));
  REEVE_ASSIGN_OR_RETURN(const Json* const groups, ShortArray(json, "groups", kMostGroups));
  for (const Json& one : *groups) {
    ScoreDistribution::Group group;
    REEVE_ASSIGN_OR_RETURN(group.name, JsonString(one, "name"));
    REEVE_ASSIGN_OR_RETURN(const std::vector<double> counts, JsonNumbers(one, "counts"));
    if (counts.size() > kMostBins) return TooMany("counts", counts.size(), kMostBins);
    for (const double count : counts) {
      constexpr double kMostRows = 1e15;
      if (!(count >= 0 && count <= kMostRows))
        return Status::Corrupt("counts holds a number that counts no rows");
      group.counts.push_back(static_cast<std::int64_t>(count));
    }
    distribution.groups.push_back(std::move(group));
  }
  return distribution;
}

Result<ImportanceChart> ReadImportance(const Json& json) {
  ImportanceChart chart;
  REEVE_ASSIGN_OR_RETURN(chart.measure, JsonString(json, "measure"));
  REEVE_ASSIGN_OR_RETURN(chart.is_share, JsonBool(json, "is_share"));
  REEVE_ASSIGN_OR_RETURN(const Json* const bars, ShortArray(json, "bars", kMostBars));
  for (const Json& one : *bars) {
    ImportanceBar bar;
    REEVE_ASSIGN_OR_RETURN(bar.column, JsonString(one, "column"));
    REEVE_ASSIGN_OR_RETURN(bar.mean, JsonNumber(one, "mean"));
    REEVE_ASSIGN_OR_RETURN(const Json* const interval, JsonMember(one, "interval"));
    if (!interval->is_null()) {
      REEVE_ASSIGN_OR_RETURN(bar.interval, ReadInterval(one));
    }
    chart.bars.push_back(std::move(bar));
  }
  return chart;
}

}  // namespace

Json ToJson(const PictureData& data) {
  Json json;
  json["format_version"] = 1;
  json["rows"] = data.rows;
  json["base_rate"] = data.base_rate ? Json(*data.base_rate) : Json(nullptr);
  json["roc"] = ToJson(data.roc);
  json["precision_recall"] = ToJson(data.precision_recall);
  json["calibration"] = CalibrationToJson(data.calibration);
  json["distribution"] = DistributionToJson(data.distribution);
  json["importance"] = ImportanceToJson(data.importance);
  json["learning"] = LearningToJson(data.learning);
  json["partial_dependence"] = DependenceToJson(data.partial_dependence);
  json["slices"] = SlicesToJson(data.slices);
  return json;
}

Result<PictureData> PictureDataFromJson(const Json& json) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t version, JsonInteger(json, "format_version"));
  if (version != 1)
    return Status::Corrupt("format_version is " + std::to_string(version) + ", expected 1");
  PictureData data;
  REEVE_ASSIGN_OR_RETURN(data.rows, JsonString(json, "rows"));
  REEVE_ASSIGN_OR_RETURN(data.base_rate, JsonOptionalNumber(json, "base_rate"));
  REEVE_ASSIGN_OR_RETURN(data.roc, ReadCurves(json, "roc"));
  REEVE_ASSIGN_OR_RETURN(data.precision_recall, ReadCurves(json, "precision_recall"));
  REEVE_ASSIGN_OR_RETURN(data.calibration, ReadCalibration(json));
  REEVE_ASSIGN_OR_RETURN(const Json* const distribution, JsonMember(json, "distribution"));
  if (!distribution->is_null()) {
    REEVE_ASSIGN_OR_RETURN(data.distribution, ReadDistribution(*distribution));
  }
  REEVE_ASSIGN_OR_RETURN(const Json* const importance, JsonMember(json, "importance"));
  if (!importance->is_null()) {
    REEVE_ASSIGN_OR_RETURN(data.importance, ReadImportance(*importance));
  }
  return data;
}

}  // namespace reeve::report
