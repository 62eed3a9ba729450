#include "reeve/tracking/model_uri.h"

#include "reeve/base/file_system.h"
#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/names.h"

namespace reeve::tracking {
namespace {

Result<ResolvedModel> FromLocation(const std::string& location, Store& store) {
  ResolvedModel resolved;
  REEVE_ASSIGN_OR_RETURN(resolved.folder, store.artifacts().Fetch(location));
  resolved.is_copy = store.artifacts().IsElsewhere(location);
  return resolved;
}

Result<ResolvedModel> FromLoggedModel(const std::string& id, Store& store) {
  REEVE_ASSIGN_OR_RETURN(const LoggedModel model, store.GetLoggedModel(id));
  REEVE_ASSIGN_OR_RETURN(ResolvedModel resolved, FromLocation(model.artifact_location, store));
  resolved.run_id = model.source_run_id;
  return resolved;
}

// RUN_ID/NAME: the run's newest model of that name, else its artifacts below that name.
Result<ResolvedModel> FromRun(const std::string& what, Store& store) {
  const std::size_t slash = what.find('/');
  const std::string run_id = what.substr(0, slash);
  const std::string name = slash == std::string::npos ? "model" : what.substr(slash + 1);
  REEVE_ASSIGN_OR_RETURN(const Run run, store.GetRun(run_id));
  REEVE_ASSIGN_OR_RETURN(const std::vector<LoggedModel> models, store.FindLoggedModels(run_id));
  std::string location = JoinUri(run.artifact_uri, name);
  for (const LoggedModel& model : models) {
    if (model.name == name) location = model.artifact_location;
  }
  REEVE_ASSIGN_OR_RETURN(ResolvedModel resolved, FromLocation(location, store));
  resolved.run_id = run_id;
  return resolved;
}

bool IsLoggedModelId(const std::string& text) {
  return text.size() == 34 && text.starts_with("m-");
}

Result<ResolvedModel> FromVersion(const ModelVersion& version, Store& store) {
  // MLflow may leave the storage location out; its source then says where the model is. It never
  // names another version, so this cannot go round in circles.
  const std::string& source = version.source;
  Result<ResolvedModel> resolved = Status::NotFound("");
  if (!version.storage_location.empty()) {
    resolved = FromLocation(version.storage_location, store);
  } else if (source.starts_with("runs:/")) {
    resolved = FromRun(source.substr(6), store);
  } else if (source.starts_with("models:/") && IsLoggedModelId(source.substr(8))) {
    resolved = FromLoggedModel(source.substr(8), store);
  } else {
    resolved = FromLocation(source, store);
  }
  if (!resolved.ok()) return resolved;
  resolved->name = version.name;
  resolved->version = std::to_string(version.version);
  resolved->run_id = version.run_id;
  return resolved;
}

Status NoVersion(const std::string& name) {
  return Status::NotFound("model " + Quote(name) + " has no version yet");
}

Result<ModelVersion> ByAlias(const std::string& name, const std::string& alias, Store& store) {
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel model, store.GetModel(name));
  const auto it = model.aliases.find(alias);
  if (it != model.aliases.end()) return store.GetVersion(name, it->second);
  if (model.latest_version == 0) return NoVersion(name);
  std::vector<std::string> aliases;
  for (const auto& [known, version] : model.aliases) aliases.push_back(known);
  Status missing = Status::NotFound("model " + Quote(name) + " has no alias " + Quote(alias) + "." +
                                    Suggest(alias, aliases));
  if (!CheckAlias(alias).ok()) return missing;
  return std::move(missing).WithFix("reeve models alias " + name + " " + alias + " " +
                                    std::to_string(model.latest_version));
}

Result<ModelVersion> ByStage(const std::string& name, const std::string& stage, Store& store) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions, store.ListVersions(name));
  const std::string wanted = ToLower(stage);
  for (const ModelVersion& version : versions) {
    if (ToLower(version.stage) == wanted) return store.GetVersion(name, version.version);
  }
  if (wanted == "production") return ByAlias(name, "champion", store);
  if (wanted == "staging") return ByAlias(name, "challenger", store);
  if (wanted == "archived" || wanted == "none")
    return Status::NotFound("model " + Quote(name) + " has no version in stage " + Quote(stage));
  return Status::NotFound("model " + Quote(name) + " has no version or stage " + Quote(stage) +
                          "." + Suggest(stage, {"latest", "Staging", "Production", "Archived"}));
}

// NAME/TAIL, where TAIL is a version, a stage or "latest".
Result<ModelVersion> ByTail(const std::string& name, const std::string& tail, Store& store) {
  if (const auto number = ParseInteger(tail)) return store.GetVersion(name, *number);
  if (ToLower(tail) != "latest") return ByStage(name, tail, store);
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel model, store.GetModel(name));
  if (model.latest_version == 0) return NoVersion(name);
  return store.GetVersion(name, model.latest_version);
}

// NAME@ALIAS, NAME/TAIL, m-ID or NAME.
Result<ResolvedModel> FromRegistry(const std::string& what, Store& store) {
  if (IsLoggedModelId(what)) return FromLoggedModel(what, store);
  // Names hold no slash and aliases no at sign.
  const std::size_t slash = what.find('/');
  const std::size_t at = what.rfind('@');
  Result<ModelVersion> version = Status::NotFound("");
  if (slash != std::string::npos) {
    version = ByTail(what.substr(0, slash), what.substr(slash + 1), store);
  } else if (at != std::string::npos) {
    version = ByAlias(what.substr(0, at), what.substr(at + 1), store);
  } else {
    version = ByAlias(what, "champion", store);
  }
  if (!version.ok()) return version.status();
  return FromVersion(*version, store);
}

}  // namespace

bool IsModelFolder(const std::string& model) {
  if (model.starts_with("models:/") || model.starts_with("runs:/")) return false;
  return model.starts_with('/') || model.starts_with('.') ||
         FileSystem::System().Exists(JoinPath(model, "MLmodel"));
}

ResolvedModel ResolveFolder(const std::string& folder) {
  return {.folder = AbsolutePath(folder), .name = {}, .version = {}, .run_id = {}};
}

Result<ResolvedModel> ResolveModel(const std::string& model, Store& store) {
  if (IsModelFolder(model)) return ResolveFolder(model);
  if (model.starts_with("runs:/")) return FromRun(model.substr(6), store);
  return FromRegistry(model.starts_with("models:/") ? model.substr(8) : model, store);
}

}  // namespace reeve::tracking
