#include "reeve/mlflow/registered_models.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "reeve/base/text.h"
#include "reeve/mlflow/aliases.h"
#include "reeve/mlflow/registered_model.h"
#include "reeve/mlflow/registry_names.h"
#include "reeve/mlflow/registry_record.h"
#include "reeve/tracking/registry_log.h"

namespace reeve::mlflow {
namespace {

using tracking::RegistryAction;
using tracking::RegistryEvent;

// A model and a prompt cannot share a name either.
Status NameTaken(sql::Database& database, const std::string& name, bool is_prompt) {
  REEVE_ASSIGN_OR_RETURN(const bool was_prompt, IsPrompt(database, name));
  if (was_prompt == is_prompt) {
    return Status::AlreadyExists(std::string(is_prompt ? "Prompt" : "Registered Model") +
                                 " (name=" + name + ") already exists.");
  }
  const std::string model = "registered model";
  return Status::AlreadyExists("Tried to create a " + (is_prompt ? "prompt" : model) +
                               " with name '" + name + "', but the name is already taken by a " +
                               (was_prompt ? "prompt" : model) +
                               ". MLflow does not allow creating a model and a prompt with the "
                               "same name.");
}

Status InsertTag(sql::Database& database, const std::string& name, const std::string& key,
                 const std::string& value) {
  return database.Run("INSERT INTO registered_model_tags (key, value, name) VALUES (?, ?, ?)", key,
                      value, name);
}

Status Create(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  REEVE_RETURN_IF_ERROR(CheckModelName(name));
  std::map<std::string, std::string> tags;
  for (auto& [key, value] : request.Pairs("tags")) {
    REEVE_RETURN_IF_ERROR(CheckRegistryTag(key, value));
    tags[key] = value;
  }
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const bool is_taken, HasModel(*database, name));
  const auto prompt = tags.find(kPromptTag);
  if (is_taken)
    return NameTaken(*database, name, prompt != tags.end() && ToLower(prompt->second) == "true");
  const RegistryEvent event = EventNow(context, request, RegistryAction::kModelCreated, name);
  REEVE_RETURN_IF_ERROR(
      database->Run("INSERT INTO registered_models (name, creation_time, last_updated_time, "
                    "description) VALUES (?, ?, ?, ?)",
                    name, event.time_ms, event.time_ms, request.Text("description")));
  for (const auto& [key, value] : tags)
    REEVE_RETURN_IF_ERROR(InsertTag(*database, name, key, value));
  REEVE_RETURN_IF_ERROR(tracking::AppendRegistryEvents(*database, {event}));
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel model, ReadRegisteredModel(*database, name));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  AnswerWithModel(model, answer);
  return Status::Ok();
}

Status Get(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel model,
                         ReadRegisteredModel(*database, request.Text("name")));
  AnswerWithModel(model, answer);
  return Status::Ok();
}

Status Update(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(CheckHasModel(*database, name));
  REEVE_RETURN_IF_ERROR(database->Run(
      "UPDATE registered_models SET description = ?, last_updated_time = ? WHERE name = ?",
      request.Text("description"), context.clock.NowMs(), name));
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel model, ReadRegisteredModel(*database, name));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  AnswerWithModel(model, answer);
  return Status::Ok();
}

Status Rename(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  const std::string new_name = request.Text("new_name");
  if (Trim(new_name).empty()) return MissingValue("new_name");
  REEVE_RETURN_IF_ERROR(CheckModelName(new_name));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(CheckHasModel(*database, name));
  RegistryEvent event = EventNow(context, request, RegistryAction::kModelRenamed, name);
  event.from = name;
  event.to = new_name;
  if (name != new_name) {
    REEVE_ASSIGN_OR_RETURN(const bool is_taken, HasModel(*database, new_name));
    if (is_taken) {
      return Status::AlreadyExists("Registered Model (name=" + new_name + ") already exists.");
    }
    REEVE_RETURN_IF_ERROR(tracking::AppendRegistryEvents(*database, {event}));
  }
  // Tags, aliases and versions follow by their foreign keys.
  REEVE_RETURN_IF_ERROR(
      database->Run("UPDATE registered_models SET name = ?, last_updated_time = ? WHERE name = ?",
                    new_name, event.time_ms, name));
  REEVE_RETURN_IF_ERROR(database->Run(
      "UPDATE model_versions SET last_updated_time = ? WHERE name = ?", event.time_ms, new_name));
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel model, ReadRegisteredModel(*database, new_name));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  AnswerWithModel(model, answer);
  return Status::Ok();
}

Status Delete(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(CheckHasModel(*database, name));
  const RegistryEvent event = EventNow(context, request, RegistryAction::kModelDeleted, name);
  REEVE_RETURN_IF_ERROR(DeleteAliases(*database, event));
  for (const char* const table :
       {"model_version_tags", "model_versions", "registered_model_tags", "registered_models"}) {
    REEVE_RETURN_IF_ERROR(
        database->Run("DELETE FROM " + std::string(table) + " WHERE name = ?", name));
  }
  REEVE_RETURN_IF_ERROR(tracking::AppendRegistryEvents(*database, {event}));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

// Of each stage that is asked for, or of all.
Status GetLatestVersions(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  std::set<std::string> stages;
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_RETURN_IF_ERROR(CheckHasModel(*database, name));
  for (const std::string& text : request.Texts("stages")) {
    REEVE_ASSIGN_OR_RETURN(std::string stage, ParseStage(text));
    stages.insert(std::move(stage));
  }
  REEVE_ASSIGN_OR_RETURN(RegisteredModel model, ReadRegisteredModel(*database, name));
  std::vector<ModelVersion>& versions = model.latest_versions;
  if (!stages.empty()) {
    std::erase_if(versions, [&](const ModelVersion& version) {
      return stages.count(version.current_stage) == 0;
    });
  }
  JsonWriter writer(answer);
  writer.BeginObject();
  if (!versions.empty()) {
    writer.Key("model_versions");
    writer.BeginArray();
    for (ModelVersion& version : versions) {
      for (const auto& [alias, number] : model.aliases) {
        if (number == version.version) version.aliases.push_back(alias);
      }
      WriteModelVersion(version, writer);
    }
    writer.EndArray();
  }
  writer.EndObject();
  return Status::Ok();
}

Status SetTag(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  const std::string key = request.Text("key");
  const std::string value = request.Text("value");
  REEVE_RETURN_IF_ERROR(CheckModelName(name));
  REEVE_RETURN_IF_ERROR(CheckRegistryTag(key, value));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(CheckHasModel(*database, name));
  REEVE_RETURN_IF_ERROR(database->Run(
      "UPDATE registered_model_tags SET value = ? WHERE name = ? AND key = ?", value, name, key));
  if (database->changes() == 0) REEVE_RETURN_IF_ERROR(InsertTag(*database, name, key, value));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

Status DeleteTag(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  const std::string key = request.Text("key");
  REEVE_RETURN_IF_ERROR(CheckModelName(name));
  REEVE_RETURN_IF_ERROR(CheckRegistryTag(key, ""));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(CheckHasModel(*database, name));
  REEVE_RETURN_IF_ERROR(
      database->Run("DELETE FROM registered_model_tags WHERE name = ? AND key = ?", name, key));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> RegisteredModelEndpoints() {
  using enum FieldType;
  const Field name = {"name", kText, true};
  const Field key = {"key", kText, true};
  const Field stages = {"stages", kTexts};
  return {
      {"POST", "/registered-models/create", {name, {"tags", kObjects}, {"description"}}, Create},
      {"GET", "/registered-models/get", {name}, Get, Access::kRead},
      {"PATCH", "/registered-models/update", {name, {"description"}}, Update},
      {"POST", "/registered-models/rename", {name, {"new_name", kText, true}}, Rename},
      {"DELETE", "/registered-models/delete", {name}, Delete},
      {"POST",
       "/registered-models/get-latest-versions",
       {name, stages},
       GetLatestVersions,
       Access::kRead},
      {"GET",
       "/registered-models/get-latest-versions",
       {name, stages},
       GetLatestVersions,
       Access::kRead},
      {"POST", "/registered-models/set-tag", {name, key, {"value"}}, SetTag},
      {"DELETE", "/registered-models/delete-tag", {name, key}, DeleteTag},
  };
}

}  // namespace reeve::mlflow
