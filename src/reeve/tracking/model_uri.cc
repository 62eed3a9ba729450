#include "reeve/tracking/model_uri.h"

#include "reeve/base/file_system.h"
#include "reeve/base/nearest.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_location.h"

namespace reeve::tracking {
namespace {

Result<ResolvedModel> FromLocation(const std::string& location, Store& store) {
  ResolvedModel resolved;
  REEVE_ASSIGN_OR_RETURN(resolved.folder, LocalPath(location, store.folder()));
  return resolved;
}

Result<ResolvedModel> FromVersion(const ModelVersion& version, Store& store) {
  const std::string location =
      version.storage_location.empty() ? version.source : version.storage_location;
  REEVE_ASSIGN_OR_RETURN(ResolvedModel resolved, FromLocation(location, store));
  resolved.name = version.name;
  resolved.version = std::to_string(version.version);
  resolved.run_id = version.run_id;
  return resolved;
}

Result<ModelVersion> ByAlias(const std::string& name, const std::string& alias, Store& store) {
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel model, store.GetModel(name));
  const auto it = model.aliases.find(alias);
  if (it != model.aliases.end()) return store.GetVersion(name, it->second);
  std::vector<std::string> aliases;
  for (const auto& [known, version] : model.aliases) aliases.push_back(known);
  return Status::NotFound("model " + Quote(name) + " has no alias " + Quote(alias) + "." +
                          Suggest(alias, aliases))
      .WithFix("reeve models alias " + name + " " + alias + " " +
               std::to_string(model.latest_version));
}

Result<ModelVersion> ByStage(const std::string& name, const std::string& stage, Store& store) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions, store.ListVersions(name));
  for (const ModelVersion& version : versions) {
    if (version.stage == stage) return version;
  }
  if (stage == "Production") return ByAlias(name, "champion", store);
  if (stage == "Staging") return ByAlias(name, "challenger", store);
  return Status::NotFound("model " + Quote(name) + " has no version in stage " + Quote(stage));
}

// NAME@ALIAS, NAME/VERSION, NAME/STAGE, NAME/latest, m-ID or NAME.
Result<ResolvedModel> FromRegistry(const std::string& what, Store& store) {
  if (what.size() == 34 && what.starts_with("m-"))
    return Status::NotFound("logged model " + Quote(what) +
                            " cannot be found by id alone; name its run: runs:/RUN_ID/model");
  const std::size_t at = what.rfind('@');
  if (at != std::string::npos) {
    REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                           ByAlias(what.substr(0, at), what.substr(at + 1), store));
    return FromVersion(version, store);
  }
  const std::size_t slash = what.find('/');
  const std::string name = what.substr(0, slash);
  const std::string tail = slash == std::string::npos ? "" : what.substr(slash + 1);
  Result<ModelVersion> version = Status::NotFound("");
  if (tail.empty()) {
    version = ByAlias(name, "champion", store);
  } else if (const auto number = ParseInteger(tail)) {
    version = store.GetVersion(name, *number);
  } else if (tail == "latest") {
    REEVE_ASSIGN_OR_RETURN(const RegisteredModel model, store.GetModel(name));
    version = store.GetVersion(name, model.latest_version);
  } else {
    version = ByStage(name, tail, store);
  }
  if (!version.ok()) return version.status();
  return FromVersion(*version, store);
}

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
