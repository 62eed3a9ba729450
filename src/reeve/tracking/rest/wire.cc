#include "reeve/tracking/rest/wire.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "reeve/base/number.h"

namespace reeve::tracking {
namespace {

constexpr const char* kContextTag = "mlflow.data.context";

const Json& Member(const Json& object, const char* member) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto it = object.find(member);
  return it != object.end() ? *it : kNull;
}

const Json& Array(const Json& object, const char* member) {
  static const Json kEmpty = Json::array();
  const Json& value = Member(object, member);
  return value.is_array() ? value : kEmpty;
}

std::int64_t Integer(const Json& object, const char* member) {
  const Json& value = Member(object, member);
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_string()) return ParseInteger(value.get_ref<const std::string&>()).value_or(0);
  return 0;
}

double Real(const Json& object, const char* member) {
  const Json& value = Member(object, member);
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return 0;
  const std::string& text = value.get_ref<const std::string&>();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return ParseNumber(text).value_or(0);
}

std::map<std::string, std::string> Pairs(const Json& object, const char* member) {
  std::map<std::string, std::string> pairs;
  for (const Json& pair : Array(object, member))
    pairs[WireText(pair, "key")] = WireText(pair, "value");
  return pairs;
}

}  // namespace

const Json& WireObject(const Json& object, const char* member) {
  static const Json kEmpty = Json::object();
  const Json& value = Member(object, member);
  return value.is_object() ? value : kEmpty;
}

std::string WireText(const Json& object, const char* member) {
  const Json& value = Member(object, member);
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_integer() ? DumpJson(value) : "";
}

Experiment ExperimentFromWire(const Json& json) {
  return {.id = WireText(json, "experiment_id"),
          .name = WireText(json, "name"),
          .artifact_location = WireText(json, "artifact_location"),
          .tags = Pairs(json, "tags")};
}

Run RunFromWire(const Json& json) {
  const Json& info = WireObject(json, "info");
  const Json& data = WireObject(json, "data");
  Run run{.id = WireText(info, "run_id"),
          .name = WireText(info, "run_name"),
          .experiment_id = WireText(info, "experiment_id"),
          .artifact_uri = WireText(info, "artifact_uri"),
          .user = WireText(info, "user_id"),
          .status = ParseRunStatus(WireText(info, "status")),
          .start_ms = Integer(info, "start_time"),
          .end_ms = Integer(info, "end_time"),
          .params = Pairs(data, "params"),
          .tags = Pairs(data, "tags")};
  if (run.id.empty()) run.id = WireText(info, "run_uuid");
  for (const Json& metric : Array(data, "metrics"))
    run.metrics[WireText(metric, "key")] = Real(metric, "value");
  return run;
}

bool IsDeletedOnWire(const Json& json) {
  return WireText(WireObject(json, "info"), "lifecycle_stage") == "deleted";
}

std::vector<DatasetInput> InputsFromWire(const Json& json) {
  std::vector<DatasetInput> inputs;
  for (const Json& input : Array(WireObject(json, "inputs"), "dataset_inputs")) {
    const Json& dataset = WireObject(input, "dataset");
    inputs.push_back({.name = WireText(dataset, "name"),
                      .digest = WireText(dataset, "digest"),
                      .source_type = WireText(dataset, "source_type"),
                      .source = WireText(dataset, "source"),
                      .schema = WireText(dataset, "schema"),
                      .profile = WireText(dataset, "profile"),
                      .context = Pairs(input, "tags")[kContextTag]});
  }
  return inputs;
}

bool HasOutputOnWire(const Json& json, const std::string& model_id) {
  const Json& outputs = Array(WireObject(json, "outputs"), "model_outputs");
  return std::any_of(outputs.begin(), outputs.end(),
                     [&](const Json& output) { return WireText(output, "model_id") == model_id; });
}

MetricPoint MetricFromWire(const Json& json) {
  return {.key = WireText(json, "key"),
          .value = Real(json, "value"),
          .timestamp_ms = Integer(json, "timestamp"),
          .step = Integer(json, "step")};
}

LoggedModel LoggedModelFromWire(const Json& json) {
  const Json& info = WireObject(json, "info");
  const Json& data = WireObject(json, "data");
  LoggedModel model{.id = WireText(info, "model_id"),
                    .name = WireText(info, "name"),
                    .artifact_location = WireText(info, "artifact_uri"),
                    .source_run_id = WireText(info, "source_run_id"),
                    .model_type = WireText(info, "model_type"),
                    .created_ms = Integer(info, "creation_timestamp_ms"),
                    .params = Pairs(data, "params"),
                    .tags = Pairs(info, "tags")};
  for (const Json& metric : Array(data, "metrics")) {
    model.metrics.push_back({.point = MetricFromWire(metric),
                             .run_id = WireText(metric, "run_id"),
                             .dataset_name = WireText(metric, "dataset_name"),
                             .dataset_digest = WireText(metric, "dataset_digest")});
  }
  return model;
}

bool IsReadyOnWire(const Json& json) {
  return WireText(WireObject(json, "info"), "status") == "LOGGED_MODEL_READY";
}

ModelVersion VersionFromWire(const Json& json) {
  ModelVersion version{.name = WireText(json, "name"),
                       .version = Integer(json, "version"),
                       .source = WireText(json, "source"),
                       .run_id = WireText(json, "run_id"),
                       .description = WireText(json, "description"),
                       .stage = WireText(json, "current_stage"),
                       .status = WireText(json, "status"),
                       .created_ms = Integer(json, "creation_timestamp"),
                       .tags = Pairs(json, "tags")};
  for (const Json& alias : Array(json, "aliases")) {
    if (alias.is_string()) version.aliases.push_back(alias.get<std::string>());
  }
  const bool is_place =
      !version.source.starts_with("models:/") && !version.source.starts_with("runs:/");
  if (is_place) version.storage_location = version.source;
  std::sort(version.aliases.begin(), version.aliases.end());
  return version;
}

RegisteredModel ModelFromWire(const Json& json) {
  RegisteredModel model{.name = WireText(json, "name"),
                        .description = WireText(json, "description"),
                        .created_ms = Integer(json, "creation_timestamp"),
                        .tags = Pairs(json, "tags")};
  for (const Json& alias : Array(json, "aliases"))
    model.aliases[WireText(alias, "alias")] = Integer(alias, "version");
  // The newest of each stage: among them is the newest of all.
  for (const Json& version : Array(json, "latest_versions"))
    model.latest_version = std::max(model.latest_version, Integer(version, "version"));
  return model;
}

std::optional<RegistryEvent> RegistryEventFromWire(const Json& json) {
  const auto action = ParseRegistryAction(WireText(json, "action"));
  if (!action) return std::nullopt;
  RegistryEvent event;
  event.time_ms = Integer(json, "time_ms");
  event.actor = WireText(json, "actor");
  event.action = *action;
  event.model = WireText(json, "model");
  event.version = Integer(json, "version");
  event.alias = WireText(json, "alias");
  event.from = WireText(json, "from");
  event.to = WireText(json, "to");
  const auto recorded = json.find("recorded");
  event.is_recorded = recorded == json.end() || *recorded != Json(false);
  return event;
}

Json ToWire(const std::map<std::string, std::string>& pairs) {
  Json list = Json::array();
  for (const auto& [key, value] : pairs) list.push_back(Json{{"key", key}, {"value", value}});
  return list;
}

Json ToWire(const MetricPoint& point) {
  Json value = point.value;
  if (std::isnan(point.value)) value = "NaN";
  if (std::isinf(point.value)) value = point.value > 0 ? "Infinity" : "-Infinity";
  return Json{{"key", point.key},
              {"value", std::move(value)},
              {"timestamp", point.timestamp_ms},
              {"step", point.step}};
}

Json ToWire(const DatasetInput& input) {
  Json dataset{
      {"name", input.name},     {"digest", input.digest}, {"source_type", input.source_type},
      {"source", input.source}, {"schema", input.schema}, {"profile", input.profile}};
  return Json{{"tags", ToWire(Tags{{kContextTag, input.context}})},
              {"dataset", std::move(dataset)}};
}

}  // namespace reeve::tracking
