#include "reeve/mlflow/registered_model.h"

#include <map>

#include "reeve/base/text.h"
#include "reeve/mlflow/registry_names.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

using ByName = std::map<std::string, RegisteredModel*, std::less<>>;

}  // namespace

RegisteredModel FromModelRow(const sql::Statement& row) {
  RegisteredModel model{
      .name = row.Text(0), .creation_time = row.Integer(1), .description = row.Text(3)};
  if (!row.IsNull(2)) model.last_updated_time = row.Integer(2);
  return model;
}

Result<bool> HasModel(sql::Database& database, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare("SELECT 1 FROM registered_models WHERE name = ?", name));
  return row.Step();
}

Status CheckHasModel(sql::Database& database, const std::string& name) {
  REEVE_RETURN_IF_ERROR(CheckModelName(name));
  REEVE_ASSIGN_OR_RETURN(const bool there, HasModel(database, name));
  return there ? Status::Ok()
               : Status::NotFound("Registered Model with name=" + name + " not found");
}

Result<RegisteredModel> ReadRegisteredModel(sql::Database& database, const std::string& name) {
  REEVE_RETURN_IF_ERROR(CheckHasModel(database, name));
  std::vector<RegisteredModel> models;
  {
    REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                           database.Prepare(std::string("SELECT ") + kModelColumns +
                                                " FROM registered_models WHERE name = ?",
                                            name));
    REEVE_RETURN_IF_ERROR(row.Step().status());
    models.push_back(FromModelRow(row));
  }
  REEVE_RETURN_IF_ERROR(FillModels(database, models));
  return std::move(models[0]);
}

Status FillModels(sql::Database& database, std::vector<RegisteredModel>& models) {
  if (models.empty()) return Status::Ok();
  ByName by_name;
  std::vector<std::string> names;
  for (RegisteredModel& model : models) {
    by_name[model.name] = &model;
    names.push_back(model.name);
  }
  const std::vector<sql::Parameter> keys(names.begin(), names.end());
  REEVE_RETURN_IF_ERROR(SelectForKeys(
      database,
      {.select = "SELECT name, key, value FROM registered_model_tags WHERE name IN",
       .behind = "ORDER BY name, key"},
      keys, [&](const sql::Statement& row) {
        by_name.find(row.View(0))->second->tags.emplace_back(row.Text(1), row.Text(2));
        return Status::Ok();
      }));
  REEVE_RETURN_IF_ERROR(SelectForKeys(
      database,
      {.select = "SELECT name, alias, version FROM registered_model_aliases WHERE name IN",
       .behind = "ORDER BY name, alias"},
      keys, [&](const sql::Statement& row) {
        by_name.find(row.View(0))->second->aliases.emplace_back(row.Text(1), row.Integer(2));
        return Status::Ok();
      }));
  REEVE_ASSIGN_OR_RETURN(std::vector<ModelVersion> latest, ReadLatestVersions(database, names));
  for (ModelVersion& version : latest)
    by_name.find(version.name)->second->latest_versions.push_back(std::move(version));
  return Status::Ok();
}

Result<bool> IsPrompt(sql::Database& database, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare("SELECT value FROM registered_model_tags WHERE name = ? AND key = ?", name,
                       std::string_view(kPromptTag)));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found && ToLower(row.Text(0)) == "true";
}

void WriteRegisteredModel(const RegisteredModel& model, JsonWriter& writer) {
  writer.BeginObject();
  writer.Member("name", model.name);
  writer.IntegerMember("creation_timestamp", model.creation_time);
  if (model.last_updated_time)
    writer.IntegerMember("last_updated_timestamp", *model.last_updated_time);
  writer.MemberUnlessEmpty("description", model.description);
  if (!model.latest_versions.empty()) {
    writer.Key("latest_versions");
    writer.BeginArray();
    for (const ModelVersion& version : model.latest_versions) WriteModelVersion(version, writer);
    writer.EndArray();
  }
  writer.PairsUnlessEmpty("tags", model.tags);
  if (!model.aliases.empty()) {
    writer.Key("aliases");
    writer.BeginArray();
    for (const auto& [alias, version] : model.aliases) {
      writer.BeginObject();
      writer.Member("alias", alias);
      writer.Member("version", std::to_string(version));
      writer.EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
}

void AnswerWithModel(const RegisteredModel& model, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("registered_model");
  WriteRegisteredModel(model, writer);
  writer.EndObject();
}

}  // namespace reeve::mlflow
