#include "reeve/mlflow/model_versions.h"

#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/aliases.h"
#include "reeve/mlflow/registered_model.h"
#include "reeve/mlflow/registry_names.h"
#include "reeve/mlflow/registry_record.h"
#include "reeve/mlflow/version_source.h"
#include "reeve/sql/each_row.h"
#include "reeve/tracking/registry_log.h"

namespace reeve::mlflow {
namespace {

using tracking::RegistryAction;
using tracking::RegistryEvent;

// The version that a call names.
struct Named {
  std::string name;
  std::int64_t version = 0;
};

Result<Named> ReadNamed(const Request& request) {
  Named named{.name = request.Text("name")};
  REEVE_RETURN_IF_ERROR(CheckModelName(named.name));
  REEVE_ASSIGN_OR_RETURN(named.version, ParseVersion(request.Text("version")));
  return named;
}

Status InsertTag(sql::Database& database, const Named& version, const std::string& key,
                 const std::string& value) {
  return database.Run(
      "INSERT INTO model_version_tags (key, value, name, version) VALUES (?, ?, ?, ?)", key, value,
      version.name, version.version);
}

Status TouchModel(sql::Database& database, const std::string& name, std::int64_t now_ms) {
  return database.Run("UPDATE registered_models SET last_updated_time = ? WHERE name = ?", now_ms,
                      name);
}

// As MLflow writes JSON into tags, blanks and all: clients compare them as texts.
std::string MlflowJson(const Json& json) {
  if (!json.is_structured()) return json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string text;
  for (const auto& [key, value] : json.items()) {
    if (!text.empty()) text += ", ";
    if (json.is_object()) text += MlflowJson(Json(key)) + ": ";
    text += MlflowJson(value);
  }
  return json.is_object() ? "{" + text + "}" : "[" + text + "]";
}

// MLflow's pages read the versions of a logged model from this tag of it.
Status NoteOnLoggedModel(sql::Database& database, const std::string& model_id,
                         const Named& version) {
  Json versions = Json::array();
  {
    REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                           database.Prepare("SELECT tag_value FROM logged_model_tags WHERE "
                                            "model_id = ? AND tag_key = 'mlflow.modelVersions'",
                                            model_id));
    REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
    const Result<Json> known = found ? ParseJson(row.Text(0)) : Result<Json>(Json::array());
    if (known.ok() && known->is_array()) versions = *known;
  }
  versions.push_back(Json{{"name", version.name}, {"version", version.version}});
  return database.Run(
      "INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value) "
      "SELECT model_id, experiment_id, 'mlflow.modelVersions', ? FROM logged_models WHERE model_id "
      "= ? ON CONFLICT (model_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value",
      MlflowJson(versions), model_id);
}

// Numbers of deleted versions count too.
Result<std::int64_t> NextVersion(sql::Database& database, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare("SELECT coalesce(max(version), 0) + 1 FROM model_versions WHERE name = ?",
                       name));
  REEVE_RETURN_IF_ERROR(row.Step().status());
  return row.Integer(0);
}

Result<std::map<std::string, std::string>> ReadTags(const Request& request) {
  std::map<std::string, std::string> tags;
  for (auto& [key, value] : request.Pairs("tags")) {
    REEVE_RETURN_IF_ERROR(CheckRegistryTag(key, value));
    tags[key] = value;
  }
  return tags;
}

Status Create(const Context& context, const Request& request, std::string& answer) {
  Named made{.name = request.Text("name")};
  REEVE_ASSIGN_OR_RETURN(const auto tags, ReadTags(request));
  const auto prompt = tags.find(kPromptTag);
  const SourceRequest wish{.source = request.Text("source"),
                           .run_id = request.OptionalText("run_id"),
                           .model_id = request.OptionalText("model_id"),
                           .is_prompt = prompt != tags.end() && ToLower(prompt->second) == "true"};
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const VersionSource source,
                         ResolveSource(*database, wish, {context.artifact_root}));
  REEVE_RETURN_IF_ERROR(CheckHasModel(*database, made.name));
  RegistryEvent event = EventNow(context, request, RegistryAction::kVersionCreated, made.name);
  // First of all, so that on a server's database those who add versions wait for each other.
  REEVE_RETURN_IF_ERROR(TouchModel(*database, made.name, event.time_ms));
  REEVE_ASSIGN_OR_RETURN(made.version, NextVersion(*database, made.name));
  REEVE_RETURN_IF_ERROR(database->Run(
      "INSERT INTO model_versions (name, version, creation_time, last_updated_time, "
      "description, current_stage, source, run_id, status, run_link, "
      "storage_location) VALUES (?, ?, ?, ?, ?, 'None', ?, ?, 'READY', ?, ?)",
      made.name, made.version, event.time_ms, event.time_ms, request.Text("description"),
      source.source, source.run_id, request.Text("run_link"), source.storage_location));
  for (const auto& [key, value] : tags)
    REEVE_RETURN_IF_ERROR(InsertTag(*database, made, key, value));
  if (!wish.is_prompt && !source.model_id.empty())
    REEVE_RETURN_IF_ERROR(NoteOnLoggedModel(*database, source.model_id, made));
  event.version = made.version;
  REEVE_RETURN_IF_ERROR(tracking::AppendRegistryEvents(*database, {event}));
  REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                         ReadModelVersion(*database, made.name, made.version));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  AnswerWithVersion(version, answer);
  return Status::Ok();
}

Status Get(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Named named, ReadNamed(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                         ReadModelVersion(*database, named.name, named.version));
  AnswerWithVersion(version, answer);
  return Status::Ok();
}

Status GetDownloadUri(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Named named, ReadNamed(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                         ReadBareModelVersion(*database, named.name, named.version));
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Member("artifact_uri", DownloadUri(version));
  writer.EndObject();
  return Status::Ok();
}

Status Update(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Named named, ReadNamed(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(ReadBareModelVersion(*database, named.name, named.version).status());
  REEVE_RETURN_IF_ERROR(database->Run(
      "UPDATE model_versions SET description = ?, last_updated_time = ? WHERE name = "
      "? AND version = ?",
      request.OptionalText("description"), context.clock.NowMs(), named.name, named.version));
  REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                         ReadModelVersion(*database, named.name, named.version));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  AnswerWithVersion(version, answer);
  return Status::Ok();
}

// Moves versions to a stage and appends the events of those that were in another one.
Status MoveTo(sql::Database& database, const ModelVersion& version, const std::string& stage,
              RegistryEvent event) {
  event.version = version.version;
  event.from = version.current_stage;
  event.to = stage;
  REEVE_RETURN_IF_ERROR(
      database.Run("UPDATE model_versions SET current_stage = ?, last_updated_time = ? WHERE name "
                   "= ? AND version = ?",
                   stage, event.time_ms, version.name, version.version));
  if (event.from == event.to) return Status::Ok();
  return tracking::AppendRegistryEvents(database, {event});
}

Status ArchiveOthers(sql::Database& database, const ModelVersion& kept, const std::string& stage,
                     const RegistryEvent& event) {
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<ModelVersion> others,
      sql::ReadRows(database.Prepare(std::string("SELECT ") + kVersionColumns +
                                         " FROM model_versions WHERE name = ? AND version <> ? AND "
                                         "current_stage = ? ORDER BY version",
                                     kept.name, kept.version, stage),
                    FromVersionRow));
  for (const ModelVersion& other : others)
    REEVE_RETURN_IF_ERROR(MoveTo(database, other, "Archived", event));
  return Status::Ok();
}

Status TransitionStage(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const std::string stage, ParseStage(request.Text("stage")));
  const bool archives = request.Bool("archive_existing_versions").value_or(false);
  if (archives && stage != "Staging" && stage != "Production") {
    return Status::InvalidArgument(
        "Model version transition cannot archive existing model versions because '" +
        request.Text("stage") +
        "' is not an Active stage. Valid stages are ['Staging', 'Production']");
  }
  REEVE_ASSIGN_OR_RETURN(const Named named, ReadNamed(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const ModelVersion before,
                         ReadBareModelVersion(*database, named.name, named.version));
  const RegistryEvent event = EventNow(context, request, RegistryAction::kStageChanged, named.name);
  if (archives) REEVE_RETURN_IF_ERROR(ArchiveOthers(*database, before, stage, event));
  REEVE_RETURN_IF_ERROR(MoveTo(*database, before, stage, event));
  REEVE_RETURN_IF_ERROR(TouchModel(*database, named.name, event.time_ms));
  REEVE_ASSIGN_OR_RETURN(const ModelVersion version,
                         ReadModelVersion(*database, named.name, named.version));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  AnswerWithVersion(version, answer);
  return Status::Ok();
}

// The row stays, so that its number is never used again; what it pointed to is forgotten.
Status Delete(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Named named, ReadNamed(request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(ReadBareModelVersion(*database, named.name, named.version).status());
  RegistryEvent event = EventNow(context, request, RegistryAction::kVersionDeleted, named.name);
  event.version = named.version;
  REEVE_RETURN_IF_ERROR(TouchModel(*database, named.name, event.time_ms));
  REEVE_RETURN_IF_ERROR(DeleteAliases(*database, event));
  REEVE_RETURN_IF_ERROR(
      database->Run("UPDATE model_versions SET current_stage = ?, last_updated_time = ?, "
                    "description = NULL, user_id = NULL, source = 'REDACTED-SOURCE-PATH', "
                    "run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK', status_message = "
                    "NULL WHERE name = ? AND version = ?",
                    std::string_view(kDeletedStage), event.time_ms, named.name, named.version));
  REEVE_RETURN_IF_ERROR(tracking::AppendRegistryEvents(*database, {event}));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

Status SetTag(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Named named, ReadNamed(request));
  const std::string key = request.Text("key");
  const std::string value = request.Text("value");
  REEVE_RETURN_IF_ERROR(CheckRegistryTag(key, value));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(ReadBareModelVersion(*database, named.name, named.version).status());
  REEVE_RETURN_IF_ERROR(database->Run(
      "UPDATE model_version_tags SET value = ? WHERE name = ? AND version = ? AND key = ?", value,
      named.name, named.version, key));
  if (database->changes() == 0) REEVE_RETURN_IF_ERROR(InsertTag(*database, named, key, value));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

Status DeleteTag(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Named named, ReadNamed(request));
  const std::string key = request.Text("key");
  REEVE_RETURN_IF_ERROR(CheckRegistryTag(key, ""));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(ReadBareModelVersion(*database, named.name, named.version).status());
  REEVE_RETURN_IF_ERROR(
      database->Run("DELETE FROM model_version_tags WHERE name = ? AND version = ? AND key = ?",
                    named.name, named.version, key));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> ModelVersionEndpoints() {
  using enum FieldType;
  const Field name = {"name", kText, true};
  const Field version = {"version", kText, true};
  const Field key = {"key", kText, true};
  return {
      {"POST",
       "/model-versions/create",
       {name,
        {"source", kText, true},
        {"run_id"},
        {"tags", kObjects},
        {"run_link"},
        {"description"},
        {"model_id"}},
       Create},
      {"GET", "/model-versions/get", {name, version}, Get, Access::kRead},
      {"GET",
       "/model-versions/get-download-uri",
       {{"name"}, {"version"}},
       GetDownloadUri,
       Access::kRead},
      {"PATCH", "/model-versions/update", {name, version, {"description"}}, Update},
      {"POST",
       "/model-versions/transition-stage",
       {name, version, {"stage", kText, true}, {"archive_existing_versions", kBool}},
       TransitionStage},
      {"DELETE", "/model-versions/delete", {name, version}, Delete},
      {"POST", "/model-versions/set-tag", {name, version, key, {"value"}}, SetTag},
      {"DELETE", "/model-versions/delete-tag", {name, version, key}, DeleteTag},
  };
}

}  // namespace reeve::mlflow
