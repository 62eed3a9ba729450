// Logged models, registered models, versions, aliases and stages.

#include <algorithm>
#include <array>
#include <limits>

#include <nlohmann/json.hpp>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/tracking/names.h"
#include "reeve/tracking/rest/rest_store.h"
#include "reeve/tracking/rest/wire.h"

namespace reeve::tracking {
namespace {

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
constexpr std::array<const char*, 4> kStages = {"None", "Staging", "Production", "Archived"};

Json NameAndVersion(const std::string& name, std::int64_t version) {
  return Json{{"name", name}, {"version", std::to_string(version)}};
}

// A text in MLflow's search grammar, which knows two quotes and no escapes.
Result<std::string> FilterText(const std::string& text) {
  for (const char* quote : {"'", "\""}) {
    if (text.find(quote) == std::string::npos) return quote + text + quote;
  }
  return Status::InvalidArgument("name " + Quote(text) +
                                 " holds both kinds of quotes, for which a server cannot be asked");
}

Status MissingLoggedModel(const std::string& model_id) {
  return Status::NotFound("logged model " + Quote(model_id) + " does not exist");
}

}  // namespace

Result<std::optional<Json>> RestStore::FindLoggedModel(const NewLoggedModel& request) {
  if (!request.id.empty()) {
    Result<Json> answer =
        api_.Call(Verb::kGet, "logged-models/" + EscapeUrl(request.id), Json::object());
    if (answer.ok()) return std::optional<Json>(std::move(*answer));
    if (answer.status().code() != StatusCode::kNotFound) return answer.status();
  }
  // Without tags a run of ours has one model of a name.
  std::string filter = "name = '" + request.name + "'";
  if (!request.source_run_id.empty())
    filter += " AND source_run_id = '" + request.source_run_id + "'";
  REEVE_ASSIGN_OR_RETURN(
      std::vector<Json> found,
      api_.CallForAll(Verb::kPost, "logged-models/search",
                      Json{{"experiment_ids", {request.experiment_id}}, {"filter", filter}},
                      "models", kAll));
  for (Json& json : found) {
    const LoggedModel model = LoggedModelFromWire(json);
    const bool has_all =
        std::all_of(request.tags.begin(), request.tags.end(), [&](const auto& tag) {
          const auto own = model.tags.find(tag.first);
          return own != model.tags.end() && own->second == tag.second;
        });
    if (has_all) return std::optional<Json>(Json{{"model", std::move(json)}});
  }
  return std::optional<Json>();
}

Result<LoggedModel> RestStore::AddLoggedModel(const NewLoggedModel& request) {
  const auto look = [&] { return FindLoggedModel(request); };
  Json answer;
  if (!request.id.empty() || !request.tags.empty()) {
    REEVE_ASSIGN_OR_RETURN(const std::optional<Json> known, look());
    if (known) answer = *known;
  }
  if (answer.is_null()) {
    REEVE_ASSIGN_OR_RETURN(answer, api_.Make("logged-models",
                                             Json{{"experiment_id", request.experiment_id},
                                                  {"name", request.name},
                                                  {"model_type", request.model_type},
                                                  {"source_run_id", request.source_run_id},
                                                  {"tags", ToWire(request.tags)}},
                                             look));
  }
  LoggedModel model = LoggedModelFromWire(WireObject(answer, "model"));
  // A server refuses to note a parameter twice.
  std::map<std::string, std::string> params = request.params;
  std::erase_if(params, [&](const auto& param) { return model.params.contains(param.first); });
  if (!params.empty()) REEVE_RETURN_IF_ERROR(LogModelParams(model.id, ToWire(params)));
  if (!request.source_run_id.empty())
    REEVE_RETURN_IF_ERROR(LogOutput(request.source_run_id, model.id));
  return model;
}

// A server refuses to note an output twice.
Status RestStore::LogOutput(const std::string& run_id, const std::string& model_id) {
  const auto look = [&]() -> Result<std::optional<Json>> {
    REEVE_ASSIGN_OR_RETURN(const Json run, GetRunJson(run_id));
    if (HasOutputOnWire(run, model_id)) return std::optional<Json>(Json::object());
    return std::optional<Json>();
  };
  REEVE_ASSIGN_OR_RETURN(const std::optional<Json> known, look());
  if (known) return Status::Ok();
  const Json output{{"model_id", model_id}, {"step", 0}};
  return api_
      .Make("runs/outputs", Json{{"run_id", run_id}, {"models", Json::array({output})}}, look)
      .status();
}

Result<std::vector<LoggedModel>> RestStore::FindLoggedModels(const std::string& run_id) {
  REEVE_ASSIGN_OR_RETURN(const Run run, GetRun(run_id));
  const Json order{{"field_name", "creation_timestamp"}, {"ascending", true}};
  REEVE_ASSIGN_OR_RETURN(const std::vector<Json> found,
                         api_.CallForAll(Verb::kPost, "logged-models/search",
                                         Json{{"experiment_ids", {run.experiment_id}},
                                              {"filter", "source_run_id = '" + run.id + "'"},
                                              {"order_by", Json::array({order})}},
                                         "models", kAll));
  std::vector<LoggedModel> models;
  for (const Json& json : found) {
    if (IsReadyOnWire(json)) models.push_back(LoggedModelFromWire(json));
  }
  return models;
}

Result<LoggedModel> RestStore::GetLoggedModel(const std::string& model_id) {
  const Result<Json> answer =
      api_.Call(Verb::kGet, "logged-models/" + EscapeUrl(model_id), Json::object());
  if (answer.status().code() == StatusCode::kNotFound) return MissingLoggedModel(model_id);
  if (!answer.ok()) return answer.status();
  const Json& model = WireObject(*answer, "model");
  return IsReadyOnWire(model) ? Result<LoggedModel>(LoggedModelFromWire(model))
                              : MissingLoggedModel(model_id);
}

Result<std::optional<ModelVersion>> RestStore::Publish(const Publication& publication) {
  const std::string& name = publication.registered_name;
  if (!name.empty()) {
    REEVE_RETURN_IF_ERROR(CheckModelName(name));
    if (!publication.alias.empty()) REEVE_RETURN_IF_ERROR(CheckAlias(publication.alias));
  }
  if (!publication.model_id.empty()) {
    REEVE_RETURN_IF_ERROR(FinishLoggedModel(publication.model_id));
  }
  std::optional<ModelVersion> version;
  if (!name.empty()) {
    const Status made = CreateModel(name, "", {});
    if (!made.ok() && made.code() != StatusCode::kAlreadyExists) return made;
    const Json fields{{"name", name},
                      {"source", "models:/" + publication.model_id},
                      {"run_id", publication.run_id},
                      {"description", publication.description},
                      {"tags", ToWire(publication.tags)},
                      {"model_id", publication.model_id}};
    REEVE_ASSIGN_OR_RETURN(const Json answer, MakeVersion(fields, 0));
    version = VersionFromWire(WireObject(answer, "model_version"));
    if (!publication.alias.empty())
      REEVE_RETURN_IF_ERROR(SetAlias(name, publication.alias, version->version));
  }
  REEVE_RETURN_IF_ERROR(EndRun(publication.run_id, publication.status));
  if (version) {
    REEVE_ASSIGN_OR_RETURN(version, GetVersion(name, version->version));
  }
  return version;
}

Result<Json> RestStore::MakeVersion(const Json& fields, std::int64_t after) {
  // No two versions of a name have one source and one run, unless they were made one after the
  // other.
  const auto look = [&]() -> Result<std::optional<Json>> {
    REEVE_ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions,
                           ListVersions(WireText(fields, "name")));
    for (const ModelVersion& version : versions) {
      if (version.version <= after || version.source != WireText(fields, "source") ||
          version.run_id != WireText(fields, "run_id"))
        continue;
      return std::optional<Json>(
          Json{{"model_version",
                {{"name", version.name}, {"version", std::to_string(version.version)}}}});
    }
    return std::optional<Json>();
  };
  return api_.Make("model-versions/create", fields, look);
}

Result<std::vector<RegisteredModel>> RestStore::ListModels() {
  REEVE_ASSIGN_OR_RETURN(const std::vector<Json> found,
                         api_.CallForAll(Verb::kGet, "registered-models/search", Json::object(),
                                         "registered_models", kAll));
  std::vector<RegisteredModel> models;
  for (const Json& json : found) models.push_back(ModelFromWire(json));
  std::sort(models.begin(), models.end(),
            [](const RegisteredModel& a, const RegisteredModel& b) { return a.name < b.name; });
  return models;
}

Status RestStore::MissingModel(const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<RegisteredModel> models, ListModels());
  std::vector<std::string> names;
  for (const RegisteredModel& model : models) names.push_back(model.name);
  return Status::NotFound("registered model " + Quote(name) + " does not exist." +
                          Suggest(name, names));
}

Result<RegisteredModel> RestStore::GetModel(const std::string& name) {
  const Result<Json> answer = api_.Call(Verb::kGet, "registered-models/get", Json{{"name", name}});
  const StatusCode code = answer.status().code();
  // MLflow calls a name that it would not take a wrong value.
  if (code == StatusCode::kNotFound || code == StatusCode::kInvalidArgument)
    return MissingModel(name);
  if (!answer.ok()) return answer.status();
  return ModelFromWire(WireObject(*answer, "registered_model"));
}

Result<std::vector<ModelVersion>> RestStore::ListVersions(const std::string& name) {
  // The search tells neither whether there is such a model nor the aliases.
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel model, GetModel(name));
  REEVE_ASSIGN_OR_RETURN(const std::string quoted, FilterText(name));
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<Json> found,
      api_.CallForAll(Verb::kGet, "model-versions/search", Json{{"filter", "name=" + quoted}},
                      "model_versions", kAll));
  std::vector<ModelVersion> versions;
  for (const Json& json : found) {
    ModelVersion version = VersionFromWire(json);
    version.aliases.clear();
    for (const auto& [alias, number] : model.aliases) {
      if (number == version.version) version.aliases.push_back(alias);
    }
    versions.push_back(std::move(version));
  }
  std::sort(versions.begin(), versions.end(),
            [](const ModelVersion& a, const ModelVersion& b) { return a.version > b.version; });
  return versions;
}

Status RestStore::MissingVersion(const std::string& name, std::int64_t version) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions, ListVersions(name));
  std::vector<std::string> known;
  for (const ModelVersion& candidate : versions) known.push_back(std::to_string(candidate.version));
  return Status::NotFound("model " + Quote(name) + " has no version " + std::to_string(version) +
                          "." + Suggest("", known));
}

Status RestStore::VersionStatus(Status status, const std::string& name, std::int64_t version) {
  if (status.code() == StatusCode::kNotFound) return MissingVersion(name, version);
  return status;
}

Result<ModelVersion> RestStore::GetVersion(const std::string& name, std::int64_t version) {
  const Json fields = NameAndVersion(name, version);
  const Result<Json> answer = api_.Call(Verb::kGet, "model-versions/get", fields);
  const StatusCode code = answer.status().code();
  if (code == StatusCode::kNotFound || code == StatusCode::kInvalidArgument)
    return MissingVersion(name, version);
  if (!answer.ok()) return answer.status();
  ModelVersion found = VersionFromWire(WireObject(*answer, "model_version"));
  // A version's source may be another model; only the server knows where that one lies.
  REEVE_ASSIGN_OR_RETURN(const Json place,
                         api_.Call(Verb::kGet, "model-versions/get-download-uri", fields));
  found.storage_location = WireText(place, "artifact_uri");
  return found;
}

Status RestStore::SetAlias(const std::string& name, const std::string& alias,
                           std::int64_t version) {
  REEVE_RETURN_IF_ERROR(CheckAlias(alias));
  Json fields = NameAndVersion(name, version);
  fields["alias"] = alias;
  return VersionStatus(api_.Call(Verb::kPost, "registered-models/alias", fields).status(), name,
                       version);
}

Status RestStore::DeleteAlias(const std::string& name, const std::string& alias) {
  const Status status =
      api_.Call(Verb::kDelete, "registered-models/alias", Json{{"name", name}, {"alias", alias}})
          .status();
  return status.code() == StatusCode::kNotFound ? MissingModel(name) : status;
}

Status RestStore::SetStage(const std::string& name, std::int64_t version,
                           const std::string& stage) {
  const auto* const known = std::find_if(kStages.begin(), kStages.end(), [&](const char* word) {
    return ToLower(word) == ToLower(stage);
  });
  if (known == kStages.end())
    return Status::InvalidArgument("unknown stage " + Quote(stage) + "." +
                                   Suggest(stage, {kStages.begin(), kStages.end()}));
  Json fields = NameAndVersion(name, version);
  fields["stage"] = *known;
  fields["archive_existing_versions"] = false;
  return VersionStatus(api_.Call(Verb::kPost, "model-versions/transition-stage", fields).status(),
                       name, version);
}

Status RestStore::DeleteVersion(const std::string& name, std::int64_t version) {
  return VersionStatus(
      api_.Call(Verb::kDelete, "model-versions/delete", NameAndVersion(name, version)).status(),
      name, version);
}

Result<std::optional<std::vector<RegistryEvent>>> RestStore::ListRegistryEvents(
    const std::string& name) {
  const Result<Json> answer =
      api_.Call(Verb::kGet, "/reeve/registered-models/history", Json{{"name", name}});
  if (answer.status().code() == StatusCode::kNotFound) return MissingModel(name);
  if (!answer.ok()) {
    // A server that knows models and not this call is MLflow's.
    if (answer.status().code() != StatusCode::kUnavailable) return answer.status();
    REEVE_RETURN_IF_ERROR(GetModel(name).status());
    return std::optional<std::vector<RegistryEvent>>();
  }
  std::vector<RegistryEvent> events;
  const auto found = answer->find("events");
  if (found != answer->end() && found->is_array()) {
    for (const Json& json : *found) {
      if (auto event = RegistryEventFromWire(json)) events.push_back(std::move(*event));
    }
  }
  return std::optional(std::move(events));
}

}  // namespace reeve::tracking
