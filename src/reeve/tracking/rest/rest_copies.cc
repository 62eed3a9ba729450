// What copying from one store to another needs beyond what a training does.

#include <algorithm>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/tracking/rest/rest_store.h"
#include "reeve/tracking/rest/wire.h"

namespace reeve::tracking {
namespace {

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
// Versions that are made and deleted to come to the number that is wanted.
constexpr int kMostFillers = 1'000;

Json ToWire(const ModelMetric& metric, const std::string& model_id) {
  Json json = tracking::ToWire(metric.point);
  json["model_id"] = model_id;
  if (!metric.dataset_name.empty()) json["dataset_name"] = metric.dataset_name;
  if (!metric.dataset_digest.empty()) json["dataset_digest"] = metric.dataset_digest;
  return json;
}

}  // namespace

Status RestStore::SetExperimentTags(const std::string& experiment_id, const Tags& tags) {
  for (const auto& [key, value] : tags) {
    REEVE_RETURN_IF_ERROR(
        api_.Call(Verb::kPost, "experiments/set-experiment-tag",
                  Json{{"experiment_id", experiment_id}, {"key", key}, {"value", value}})
            .status());
  }
  return Status::Ok();
}

Result<std::vector<LoggedModel>> RestStore::ListLoggedModels(const std::string& experiment_id) {
  const Json order{{"field_name", "creation_timestamp"}, {"ascending", true}};
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<Json> found,
      api_.CallForAll(Verb::kPost, "logged-models/search",
                      Json{{"experiment_ids", {experiment_id}}, {"order_by", Json::array({order})}},
                      "models", kAll));
  std::vector<LoggedModel> models;
  for (const Json& json : found) {
    if (IsReadyOnWire(json)) models.push_back(LoggedModelFromWire(json));
  }
  return models;
}

Status RestStore::LogModelMetrics(const LoggedModel& model,
                                  const std::vector<ModelMetric>& metrics) {
  // A batch is one run's.
  std::map<std::string, Json> batches;
  const auto send = [&](const std::string& run_id, Json& batch) {
    return api_
        .Call(Verb::kPost, "runs/log-batch",
              Json{{"run_id", run_id}, {"metrics", std::exchange(batch, Json::array())}})
        .status();
  };
  constexpr std::size_t kMostMetrics = 1'000;
  for (const ModelMetric& metric : metrics) {
    Json& batch = batches.try_emplace(metric.run_id, Json::array()).first->second;
    batch.push_back(ToWire(metric, model.id));
    if (batch.size() == kMostMetrics) REEVE_RETURN_IF_ERROR(send(metric.run_id, batch));
  }
  for (auto& [run_id, batch] : batches) {
    if (!batch.empty()) REEVE_RETURN_IF_ERROR(send(run_id, batch));
  }
  return Status::Ok();
}

Status RestStore::LogModelParams(const std::string& model_id, const Json& params) {
  constexpr std::size_t kMostParams = 100;
  for (std::size_t from = 0; from < params.size(); from += kMostParams) {
    Json batch = Json::array();
    for (std::size_t i = from; i < std::min(params.size(), from + kMostParams); ++i)
      batch.push_back(params[i]);
    REEVE_RETURN_IF_ERROR(api_.Call(Verb::kPost, "logged-models/" + EscapeUrl(model_id) + "/params",
                                    Json{{"model_id", model_id}, {"params", std::move(batch)}})
                              .status());
  }
  return Status::Ok();
}

Status RestStore::FinishLoggedModel(const std::string& model_id) {
  return api_
      .Call(Verb::kPatch, "logged-models/" + EscapeUrl(model_id),
            Json{{"model_id", model_id}, {"status", "LOGGED_MODEL_READY"}})
      .status();
}

Status RestStore::SetLoggedModelTags(const std::string& model_id, const Tags& tags) {
  return api_
      .Call(Verb::kPatch, "logged-models/" + EscapeUrl(model_id) + "/tags",
            Json{{"model_id", model_id}, {"tags", tracking::ToWire(tags)}})
      .status();
}

Status RestStore::CreateModel(const std::string& name, const std::string& description,
                              const Tags& tags) {
  Json fields{{"name", name}};
  if (!description.empty()) fields["description"] = description;
  if (!tags.empty()) fields["tags"] = tracking::ToWire(tags);
  return api_.Call(Verb::kPost, "registered-models/create", fields).status();
}

Result<ModelVersion> RestStore::AddVersion(const NewVersion& request) {
  Json fields{{"name", request.name},
              {"source", request.source},
              {"run_id", request.run_id},
              {"description", request.description},
              {"tags", tracking::ToWire(request.tags)}};
  if (!request.model_id.empty()) fields["model_id"] = request.model_id;
  std::int64_t number = 0;
  for (int filler = 0; filler < kMostFillers; ++filler) {
    REEVE_ASSIGN_OR_RETURN(const Json answer, MakeVersion(fields, number));
    number = VersionFromWire(WireObject(answer, "model_version")).version;
    if (number >= request.version) break;
    REEVE_RETURN_IF_ERROR(DeleteVersion(request.name, number));
  }
  if (request.stage != "None" && !request.stage.empty())
    REEVE_RETURN_IF_ERROR(SetStage(request.name, number, request.stage));
  return GetVersion(request.name, number);
}

}  // namespace reeve::tracking
