#include "reeve/tracking/paired_store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/text.h"
#include "reeve/tracking/names.h"

namespace reeve::tracking {
namespace {

constexpr std::string_view kModelScheme = "models:/";
constexpr const char* kVersionsTag = "mlflow.modelVersions";

// Of what nobody but its own store can look into.
bool IsOfOneStore(const std::string& location) {
  return location.find("://") == std::string::npos || location.starts_with("file:") ||
         location.starts_with("mlflow-artifacts:");
}

}  // namespace

Status PairedStore::CheckRegistration(const std::string& location) {
  if (!is_server_ || !IsOfOneStore(location)) return Status::Ok();
  return Status::InvalidArgument(
             "the registry is a server of its own, which takes no models whose files lie at " +
             Quote(location, 300) + ", expected a bucket: s3://BUCKET/PATH")
      .WithFix(
          "keep the experiment's artifacts in a bucket, or name a database as the registry: "
          "--registry-uri postgresql://…");
}

Result<std::optional<ModelVersion>> PairedStore::Publish(const Publication& publication) {
  Publication of_run = publication;
  of_run.registered_name = of_run.alias = "";
  if (publication.registered_name.empty()) return runs_->Publish(of_run);
  REEVE_RETURN_IF_ERROR(CheckModelName(publication.registered_name));
  if (!publication.alias.empty()) REEVE_RETURN_IF_ERROR(CheckAlias(publication.alias));
  if (!publication.model_id.empty())
    REEVE_RETURN_IF_ERROR(runs_->FinishLoggedModel(publication.model_id));
  REEVE_ASSIGN_OR_RETURN(ModelVersion version, Register(publication));
  REEVE_RETURN_IF_ERROR(runs_->Publish(of_run).status());
  return std::optional(std::move(version));
}

Result<ModelVersion> PairedStore::Register(const Publication& publication) {
  const std::string& name = publication.registered_name;
  const Status made = registry_->CreateModel(name, "", {});
  if (!made.ok() && made.code() != StatusCode::kAlreadyExists) return made;
  REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                         AddVersion({.name = name,
                                     .source = std::string(kModelScheme) + publication.model_id,
                                     .storage_location = "",
                                     .run_id = publication.run_id,
                                     .model_id = publication.model_id,
                                     .description = publication.description,
                                     .tags = publication.tags}));
  if (publication.alias.empty()) return version;
  REEVE_RETURN_IF_ERROR(registry_->SetAlias(name, publication.alias, version.version));
  return registry_->GetVersion(name, version.version);
}

Result<ModelVersion> PairedStore::AddVersion(const NewVersion& request) {
  NewVersion version = request;
  std::optional<LoggedModel> model;
  if (!request.model_id.empty()) {
    REEVE_ASSIGN_OR_RETURN(model, runs_->GetLoggedModel(request.model_id));
    version.source = version.storage_location = model->artifact_location;
    version.model_id = "";
  }
  REEVE_ASSIGN_OR_RETURN(ModelVersion made, registry_->AddVersion(version));
  if (model) REEVE_RETURN_IF_ERROR(NoteVersion(*model, made));
  return made;
}

Status PairedStore::NoteVersion(const LoggedModel& model, const ModelVersion& version) {
  const auto known = model.tags.find(kVersionsTag);
  Json versions =
      known == model.tags.end() ? Json::array() : Json::parse(known->second, nullptr, false);
  if (!versions.is_array()) versions = Json::array();
  const Json entry{{"name", version.name}, {"version", version.version}};
  if (std::find(versions.begin(), versions.end(), entry) != versions.end()) return Status::Ok();
  versions.push_back(entry);
  return runs_->SetLoggedModelTags(model.id, {{kVersionsTag, DumpJson(versions)}});
}

}  // namespace reeve::tracking
