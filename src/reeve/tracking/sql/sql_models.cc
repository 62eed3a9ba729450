// Logged models, registered models, versions, aliases and stages.

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "reeve/base/id.h"
#include "reeve/base/json.h"
#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/sql/each_row.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/names.h"
#include "reeve/tracking/registry_log.h"
#include "reeve/tracking/sql/model_status.h"
#include "reeve/tracking/sql/sql_store.h"

namespace reeve::tracking {
namespace {

using Lock = std::lock_guard<std::mutex>;

constexpr std::array<const char*, 4> kStages = {"None", "Staging", "Production", "Archived"};

Status MissingLoggedModel(const std::string& model_id) {
  return Status::NotFound("logged model " + Quote(model_id) + " does not exist");
}

LoggedModel LoggedModelFromRow(const sql::Statement& row) {
  return {row.Text(0), row.Text(1), row.Text(2), row.Text(3)};
}

std::string FirstText(const sql::Statement& row) { return row.Text(0); }

}  // namespace

// By its id, whatever its status; else by tags that are all there.
Result<std::optional<LoggedModel>> SqlStore::FindLoggedModel(const NewLoggedModel& request) {
  REEVE_ASSIGN_OR_RETURN(
      std::vector<LoggedModel> candidates,
      sql::ReadRows(
          database_->Prepare("SELECT model_id, name, artifact_location, source_run_id FROM "
                             "logged_models WHERE lifecycle_stage = 'active' AND (model_id = ?1 OR "
                             "experiment_id = CAST(?2 AS INTEGER)) ORDER BY model_id = ?1 DESC",
                             request.id, request.experiment_id),
          LoggedModelFromRow));
  for (LoggedModel& model : candidates) {
    const bool is_it = model.id == request.id;
    if (!is_it && (request.tags.empty() || model.source_run_id != request.source_run_id)) continue;
    REEVE_RETURN_IF_ERROR(FillLoggedModel(model));
    if (is_it) return std::optional<LoggedModel>(std::move(model));
    const bool has_all =
        std::all_of(request.tags.begin(), request.tags.end(), [&](const auto& tag) {
          const auto own = model.tags.find(tag.first);
          return own != model.tags.end() && own->second == tag.second;
        });
    if (has_all) return std::optional<LoggedModel>(std::move(model));
  }
  return std::optional<LoggedModel>();
}

Result<LoggedModel> SqlStore::AddLoggedModel(const NewLoggedModel& request) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  if (!request.source_run_id.empty()) REEVE_RETURN_IF_ERROR(CheckRun(request.source_run_id));
  REEVE_ASSIGN_OR_RETURN(std::optional<LoggedModel> known, FindLoggedModel(request));
  if (known) return std::move(*known);
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement experiment,
      database_->Prepare(
          "SELECT artifact_location FROM experiments WHERE CAST(experiment_id AS TEXT) = ?",
          request.experiment_id));
  REEVE_ASSIGN_OR_RETURN(const bool found, experiment.Step());
  if (!found)
    return Status::NotFound("experiment " + Quote(request.experiment_id) + " does not exist");
  LoggedModel model{.id = request.id.empty() ? "m-" + NewId() : request.id,
                    .name = request.name,
                    .artifact_location = {},
                    .source_run_id = request.source_run_id};
  model.artifact_location = JoinUri(experiment.Text(0), "models/" + model.id + "/artifacts");
  const std::int64_t now = clock_->NowMs();
  const std::int64_t created = request.created_ms > 0 ? request.created_ms : now;
  const std::optional<std::string> run =
      model.source_run_id.empty() ? std::nullopt : std::optional(model.source_run_id);
  REEVE_RETURN_IF_ERROR(
      database_->Run("INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, "
                     "creation_timestamp_ms, last_updated_timestamp_ms, status, "
                     "lifecycle_stage, model_type, source_run_id) VALUES (?, CAST(? AS INTEGER), "
                     "?, ?, ?, ?, ?, 'active', ?, ?)",
                     model.id, request.experiment_id, model.name, model.artifact_location, created,
                     now, kModelPending, request.model_type, run));
  if (run) {
    REEVE_RETURN_IF_ERROR(
        database_->Run("INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, "
                       "destination_id, step) VALUES (?, 'RUN_OUTPUT', ?, 'MODEL_OUTPUT', ?, 0)",
                       NewId(), *run, model.id));
  }
  for (const auto& [key, value] : request.params) {
    REEVE_RETURN_IF_ERROR(
        database_->Run("INSERT INTO logged_model_params (model_id, experiment_id, param_key, "
                       "param_value) VALUES (?, CAST(? AS INTEGER), ?, ?)",
                       model.id, request.experiment_id, key, value));
  }
  REEVE_RETURN_IF_ERROR(WriteLoggedModelTags(model.id, request.tags));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return model;
}

Result<std::vector<LoggedModel>> SqlStore::FindLoggedModels(const std::string& run_id) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(const bool there, database_->HasTable("logged_models"));
  if (!there) return std::vector<LoggedModel>();  // MLflow 2 knows none
  return sql::ReadRows(
      database_->Prepare(
          "SELECT model_id, name, artifact_location, source_run_id FROM logged_models WHERE "
          "source_run_id = ? AND lifecycle_stage = 'active' AND status = ? ORDER BY "
          "creation_timestamp_ms, model_id",
          run_id, kModelReady),
      LoggedModelFromRow);
}

Result<LoggedModel> SqlStore::GetLoggedModel(const std::string& model_id) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(const bool there, database_->HasTable("logged_models"));
  if (!there) return MissingLoggedModel(model_id);
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database_->Prepare(
          "SELECT model_id, name, artifact_location, source_run_id FROM logged_models "
          "WHERE model_id = ? AND lifecycle_stage = 'active' AND status = ?",
          model_id, kModelReady));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return MissingLoggedModel(model_id);
  LoggedModel model{row.Text(0), row.Text(1), row.Text(2), row.Text(3)};
  REEVE_RETURN_IF_ERROR(FillLoggedModel(model));
  return model;
}

Status SqlStore::NoteVersionOnModel(const std::string& model_id, const std::string& name,
                                    std::int64_t version) {
  // MLflow's UI reads the versions of a logged model from this tag.
  Json versions = Json::array();
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database_->Prepare("SELECT tag_value FROM logged_model_tags WHERE "
                                            "model_id = ? AND tag_key = 'mlflow.modelVersions'",
                                            model_id));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (found) {
    const Result<Json> known = ParseJson(row.Text(0));
    if (known.ok() && known->is_array()) versions = *known;
  }
  versions.push_back(Json{{"name", name}, {"version", version}});
  return database_->Run(
      "INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value) "
      "SELECT model_id, experiment_id, 'mlflow.modelVersions', ? FROM logged_models WHERE model_id "
      "= ? ON CONFLICT (model_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value",
      DumpJson(versions), model_id);
}

Result<std::int64_t> SqlStore::WriteVersion(const Publication& publication) {
  const std::int64_t now = clock_->NowMs();
  REEVE_RETURN_IF_ERROR(
      database_->Run("UPDATE registered_models SET last_updated_time = ? WHERE name = ?", now,
                     publication.registered_name));
  if (database_->changes() == 0) {
    REEVE_RETURN_IF_ERROR(
        database_->Run("INSERT INTO registered_models (name, creation_time, last_updated_time, "
                       "description) VALUES (?, ?, ?, ?)",
                       publication.registered_name, now, now, publication.description));
    REEVE_RETURN_IF_ERROR(AppendRegistryEvents(
        *database_,
        {EventNow(*clock_, RegistryAction::kModelCreated, publication.registered_name)}));
  }
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement next,
      database_->Prepare("SELECT coalesce(max(version), 0) + 1 FROM model_versions WHERE name = ?",
                         publication.registered_name));
  REEVE_RETURN_IF_ERROR(next.Step().status());
  const std::int64_t version = next.Integer(0);
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement model,
      database_->Prepare("SELECT artifact_location FROM logged_models WHERE model_id = ?",
                         publication.model_id));
  REEVE_ASSIGN_OR_RETURN(const bool found, model.Step());
  if (!found) return MissingLoggedModel(publication.model_id);
  REEVE_RETURN_IF_ERROR(
      database_->Run("INSERT INTO model_versions (name, version, creation_time, last_updated_time, "
                     "description, current_stage, source, run_id, status, storage_location) "
                     "VALUES (?, ?, ?, ?, ?, 'None', ?, ?, 'READY', ?)",
                     publication.registered_name, version, now, now, publication.description,
                     "models:/" + publication.model_id, publication.run_id, model.Text(0)));
  for (const auto& [key, value] : publication.tags) {
    REEVE_RETURN_IF_ERROR(database_->Run(
        "INSERT INTO model_version_tags (key, value, name, version) VALUES (?, ?, ?, ?)", key,
        value, publication.registered_name, version));
  }
  REEVE_RETURN_IF_ERROR(
      NoteVersionOnModel(publication.model_id, publication.registered_name, version));
  RegistryEvent event =
      EventNow(*clock_, RegistryAction::kVersionCreated, publication.registered_name);
  event.version = version;
  REEVE_RETURN_IF_ERROR(AppendRegistryEvents(*database_, {event}));
  return version;
}

Result<std::optional<ModelVersion>> SqlStore::Publish(const Publication& publication) {
  if (!publication.registered_name.empty()) {
    REEVE_RETURN_IF_ERROR(CheckModelName(publication.registered_name));
    if (!publication.alias.empty()) REEVE_RETURN_IF_ERROR(CheckAlias(publication.alias));
  }
  std::int64_t version = 0;
  {
    const Lock lock(mutex_);
    REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
    if (!publication.model_id.empty()) {
      REEVE_RETURN_IF_ERROR(database_->Run(
          "UPDATE logged_models SET status = ?, last_updated_timestamp_ms = ? WHERE model_id = ?",
          kModelReady, clock_->NowMs(), publication.model_id));
      if (database_->changes() == 0) return MissingLoggedModel(publication.model_id);
    }
    if (!publication.registered_name.empty()) {
      REEVE_ASSIGN_OR_RETURN(version, WriteVersion(publication));
      if (!publication.alias.empty())
        REEVE_RETURN_IF_ERROR(WriteAlias(publication.registered_name, publication.alias, version));
    }
    REEVE_RETURN_IF_ERROR(WriteEnd(publication.run_id, publication.status, 0));
    REEVE_RETURN_IF_ERROR(transaction.Commit());
  }
  if (publication.registered_name.empty()) return std::optional<ModelVersion>();
  REEVE_ASSIGN_OR_RETURN(ModelVersion made, GetVersion(publication.registered_name, version));
  return std::optional<ModelVersion>(std::move(made));
}

Result<std::vector<std::string>> SqlStore::ModelNames() {
  return sql::ReadRows(database_->Prepare("SELECT name FROM registered_models ORDER BY name"),
                       FirstText);
}

Status SqlStore::CheckModel(const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(const std::vector<std::string> names, ModelNames());
  if (std::find(names.begin(), names.end(), name) != names.end()) return Status::Ok();
  return Status::NotFound("registered model " + Quote(name) + " does not exist." +
                          Suggest(name, names));
}

Status SqlStore::FillModel(RegisteredModel& model) {
  REEVE_RETURN_IF_ERROR(sql::ForEachRow(
      database_->Prepare("SELECT alias, version FROM registered_model_aliases WHERE name = ?",
                         model.name),
      [&](const sql::Statement& row) { model.aliases[row.Text(0)] = row.Integer(1); }));
  REEVE_RETURN_IF_ERROR(sql::ForEachRow(
      database_->Prepare("SELECT key, value FROM registered_model_tags WHERE name = ?", model.name),
      [&](const sql::Statement& row) { model.tags[row.Text(0)] = row.Text(1); }));
  REEVE_ASSIGN_OR_RETURN(sql::Statement latest,
                         database_->Prepare("SELECT coalesce(max(version), 0) FROM model_versions "
                                            "WHERE name = ? AND current_stage <> ?",
                                            model.name, std::string_view(kDeletedStage)));
  REEVE_RETURN_IF_ERROR(latest.Step().status());
  model.latest_version = latest.Integer(0);
  return Status::Ok();
}

Result<RegisteredModel> SqlStore::GetModel(const std::string& name) {
  const Lock lock(mutex_);
  REEVE_RETURN_IF_ERROR(CheckModel(name));
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database_->Prepare(
          "SELECT name, description, creation_time FROM registered_models WHERE name = ?", name));
  REEVE_RETURN_IF_ERROR(row.Step().status());
  RegisteredModel model{
      .name = row.Text(0), .description = row.Text(1), .created_ms = row.Integer(2)};
  REEVE_RETURN_IF_ERROR(FillModel(model));
  return model;
}

Result<std::vector<RegisteredModel>> SqlStore::ListModels() {
  std::vector<std::string> names;
  {
    const Lock lock(mutex_);
    REEVE_ASSIGN_OR_RETURN(names, ModelNames());
  }
  std::vector<RegisteredModel> models;
  for (const std::string& name : names) {
    REEVE_ASSIGN_OR_RETURN(RegisteredModel model, GetModel(name));
    models.push_back(std::move(model));
  }
  return models;
}

Status SqlStore::FillVersion(ModelVersion& version) {
  REEVE_RETURN_IF_ERROR(sql::ForEachRow(
      database_->Prepare("SELECT key, value FROM model_version_tags WHERE name = ? AND version = ?",
                         version.name, version.version),
      [&](const sql::Statement& row) { version.tags[row.Text(0)] = row.Text(1); }));
  return sql::ForEachRow(
      database_->Prepare("SELECT alias FROM registered_model_aliases WHERE name = ? AND version = "
                         "? ORDER BY alias",
                         version.name, version.version),
      [&](const sql::Statement& row) { version.aliases.push_back(row.Text(0)); });
}

Result<std::vector<ModelVersion>> SqlStore::ListVersions(const std::string& name) {
  const Lock lock(mutex_);
  REEVE_RETURN_IF_ERROR(CheckModel(name));
  const auto version_of = [](const sql::Statement& row) {
    return ModelVersion{.name = row.Text(0),
                        .version = row.Integer(1),
                        .source = row.Text(2),
                        .storage_location = row.Text(3),
                        .run_id = row.Text(4),
                        .description = row.Text(5),
                        .stage = row.Text(6),
                        .status = row.Text(7),
                        .created_ms = row.Integer(8)};
  };
  REEVE_ASSIGN_OR_RETURN(
      std::vector<ModelVersion> versions,
      sql::ReadRows(
          database_->Prepare("SELECT name, version, source, storage_location, run_id, description, "
                             "current_stage, status, creation_time FROM model_versions "
                             "WHERE name = ? AND current_stage <> ? ORDER BY version DESC",
                             name, std::string_view(kDeletedStage)),
          version_of));
  for (ModelVersion& version : versions) REEVE_RETURN_IF_ERROR(FillVersion(version));
  return versions;
}

Result<ModelVersion> SqlStore::GetVersion(const std::string& name, std::int64_t version) {
  REEVE_ASSIGN_OR_RETURN(std::vector<ModelVersion> versions, ListVersions(name));
  for (ModelVersion& candidate : versions) {
    if (candidate.version == version) return std::move(candidate);
  }
  const Lock lock(mutex_);
  return MissingVersion(name, version);
}

Status SqlStore::MissingVersion(const std::string& name, std::int64_t version) {
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<std::string> known,
      sql::ReadRows(database_->Prepare("SELECT version FROM model_versions WHERE name = ? AND "
                                       "current_stage <> ? ORDER BY version DESC",
                                       name, std::string_view(kDeletedStage)),
                    FirstText));
  return Status::NotFound("model " + Quote(name) + " has no version " + std::to_string(version) +
                          "." + Suggest("", known));
}

Status SqlStore::CheckVersion(const std::string& name, std::int64_t version) {
  REEVE_RETURN_IF_ERROR(CheckModel(name));
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database_->Prepare(
          "SELECT 1 FROM model_versions WHERE name = ? AND version = ? AND current_stage <> ?",
          name, version, std::string_view(kDeletedStage)));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found ? Status::Ok() : MissingVersion(name, version);
}

Result<std::string> SqlStore::AliasVersion(const std::string& name, const std::string& alias) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database_->Prepare(
          "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?", name,
          alias));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found ? std::to_string(row.Integer(0)) : std::string();
}

Status SqlStore::WriteAlias(const std::string& name, const std::string& alias,
                            std::int64_t version) {
  RegistryEvent event = EventNow(*clock_, RegistryAction::kAliasSet, name);
  event.alias = alias;
  REEVE_ASSIGN_OR_RETURN(event.from, AliasVersion(name, alias));
  event.to = std::to_string(version);
  // Later schemas have another key, so that no conflict can be named.
  REEVE_RETURN_IF_ERROR(database_->Run(
      "DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", name, alias));
  REEVE_RETURN_IF_ERROR(
      database_->Run("INSERT INTO registered_model_aliases (alias, version, name) VALUES (?, ?, ?)",
                     alias, version, name));
  return AppendRegistryEvents(*database_, {event});
}

Status SqlStore::SetAlias(const std::string& name, const std::string& alias, std::int64_t version) {
  REEVE_RETURN_IF_ERROR(CheckAlias(alias));
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  REEVE_RETURN_IF_ERROR(CheckVersion(name, version));
  REEVE_RETURN_IF_ERROR(WriteAlias(name, alias, version));
  return transaction.Commit();
}

Status SqlStore::DeleteAlias(const std::string& name, const std::string& alias) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  REEVE_RETURN_IF_ERROR(CheckModel(name));
  RegistryEvent event = EventNow(*clock_, RegistryAction::kAliasDeleted, name);
  event.alias = alias;
  REEVE_ASSIGN_OR_RETURN(event.from, AliasVersion(name, alias));
  if (event.from.empty()) return Status::Ok();
  REEVE_RETURN_IF_ERROR(database_->Run(
      "DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", name, alias));
  REEVE_RETURN_IF_ERROR(AppendRegistryEvents(*database_, {event}));
  return transaction.Commit();
}

Result<std::optional<std::vector<RegistryEvent>>> SqlStore::ListRegistryEvents(
    const std::string& name) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(std::vector<RegistryEvent> events,
                         ReadRegistryHistory(*database_, name, clock_->NowMs()));
  return std::optional(std::move(events));
}

Status SqlStore::SetStage(const std::string& name, std::int64_t version, const std::string& stage) {
  const auto* const known = std::find_if(kStages.begin(), kStages.end(), [&](const char* word) {
    return ToLower(word) == ToLower(stage);
  });
  if (known == kStages.end()) {
    return Status::InvalidArgument("unknown stage " + Quote(stage) + "." +
                                   Suggest(stage, {kStages.begin(), kStages.end()}));
  }
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  REEVE_RETURN_IF_ERROR(CheckVersion(name, version));
  RegistryEvent event = EventNow(*clock_, RegistryAction::kStageChanged, name);
  event.version = version;
  event.to = *known;
  {
    REEVE_ASSIGN_OR_RETURN(
        sql::Statement row,
        database_->Prepare(
            "SELECT current_stage FROM model_versions WHERE name = ? AND version = ?", name,
            version));
    REEVE_RETURN_IF_ERROR(row.Step().status());
    event.from = row.Text(0);
  }
  REEVE_RETURN_IF_ERROR(
      database_->Run("UPDATE model_versions SET current_stage = ?, last_updated_time = ? WHERE "
                     "name = ? AND version = ?",
                     std::string_view(*known), event.time_ms, name, version));
  if (event.from != event.to) REEVE_RETURN_IF_ERROR(AppendRegistryEvents(*database_, {event}));
  return transaction.Commit();
}

Status SqlStore::DeleteAliasesOf(const RegistryEvent& version) {
  const auto event_of = [&](const sql::Statement& row) {
    RegistryEvent event = version;
    event.action = RegistryAction::kAliasDeleted;
    event.version = 0;
    event.alias = row.Text(0);
    event.from = std::to_string(version.version);
    return event;
  };
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<RegistryEvent> events,
      sql::ReadRows(database_->Prepare("SELECT alias FROM registered_model_aliases WHERE name = ? "
                                       "AND version = ? ORDER BY alias",
                                       version.model, version.version),
                    event_of));
  REEVE_RETURN_IF_ERROR(
      database_->Run("DELETE FROM registered_model_aliases WHERE name = ? AND version = ?",
                     version.model, version.version));
  return AppendRegistryEvents(*database_, events);
}

Status SqlStore::DeleteVersion(const std::string& name, std::int64_t version) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  REEVE_RETURN_IF_ERROR(CheckVersion(name, version));
  // As MLflow deletes: the number is never used again, what it pointed to is forgotten.
  REEVE_RETURN_IF_ERROR(
      database_->Run("UPDATE model_versions SET current_stage = ?, last_updated_time = ?, "
                     "description = NULL, user_id = NULL, source = 'REDACTED-SOURCE-PATH', "
                     "run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK', status_message = "
                     "NULL WHERE name = ? AND version = ?",
                     std::string_view(kDeletedStage), clock_->NowMs(), name, version));
  RegistryEvent event = EventNow(*clock_, RegistryAction::kVersionDeleted, name);
  event.version = version;
  REEVE_RETURN_IF_ERROR(DeleteAliasesOf(event));
  REEVE_RETURN_IF_ERROR(AppendRegistryEvents(*database_, {event}));
  return transaction.Commit();
}

}  // namespace reeve::tracking
