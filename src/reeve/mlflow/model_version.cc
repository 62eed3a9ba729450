#include "reeve/mlflow/model_version.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "reeve/mlflow/registry_names.h"
#include "reeve/sql/each_row.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

Status VersionNotFound(const std::string& name, std::int64_t version) {
  return Status::NotFound("Model Version (name=" + name + ", version=" + std::to_string(version) +
                          ") not found");
}

using Key = std::pair<std::string, std::int64_t>;

std::optional<std::int64_t> OptionalInteger(const sql::Statement& row, int column_idx) {
  if (row.IsNull(column_idx)) return std::nullopt;
  return row.Integer(column_idx);
}

}  // namespace

ModelVersion FromVersionRow(const sql::Statement& row) {
  return {.name = row.Text(0),
          .version = row.Integer(1),
          .creation_time = row.Integer(2),
          .last_updated_time = OptionalInteger(row, 3),
          .description = row.OptionalText(4),
          .user_id = row.OptionalText(5),
          .current_stage = row.Text(6),
          .source = row.OptionalText(7),
          .run_id = row.OptionalText(8),
          .status = row.Text(9),
          .status_message = row.OptionalText(10),
          .run_link = row.OptionalText(11),
          .storage_location = row.OptionalText(12)};
}

Result<ModelVersion> ReadBareModelVersion(sql::Database& database, const std::string& name,
                                          std::int64_t version) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare(std::string("SELECT ") + kVersionColumns +
                           " FROM model_versions WHERE name = ? AND version = ? AND "
                           "current_stage <> ?",
                       name, version, std::string_view(kDeletedStage)));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return VersionNotFound(name, version);
  return FromVersionRow(row);
}

Result<ModelVersion> ReadModelVersion(sql::Database& database, const std::string& name,
                                      std::int64_t version) {
  REEVE_ASSIGN_OR_RETURN(ModelVersion found, ReadBareModelVersion(database, name, version));
  std::vector<ModelVersion> versions = {std::move(found)};
  REEVE_RETURN_IF_ERROR(ReadVersionTags(database, versions));
  REEVE_RETURN_IF_ERROR(sql::ForEachRow(
      database.Prepare("SELECT alias FROM registered_model_aliases WHERE name = ? AND version = ? "
                       "ORDER BY alias",
                       name, version),
      [&](const sql::Statement& row) { versions[0].aliases.push_back(row.Text(0)); }));
  return std::move(versions[0]);
}

Status ReadVersionTags(sql::Database& database, std::vector<ModelVersion>& versions) {
  if (versions.empty()) return Status::Ok();
  std::map<Key, ModelVersion*> by_key;
  std::set<std::string_view> names;
  std::int64_t first = versions[0].version;
  std::int64_t last = first;
  for (ModelVersion& version : versions) {
    by_key[{version.name, version.version}] = &version;
    names.insert(version.name);
    first = std::min(first, version.version);
    last = std::max(last, version.version);
  }
  return SelectForKeys(
      database,
      {.select = "SELECT name, version, key, value FROM model_version_tags WHERE name IN",
       .behind = "AND version BETWEEN ? AND ? ORDER BY name, version, key",
       .last = {first, last}},
      std::vector<sql::Parameter>(names.begin(), names.end()), [&](const sql::Statement& row) {
        const auto found = by_key.find({row.Text(0), row.Integer(1)});
        if (found != by_key.end()) found->second->tags.emplace_back(row.Text(2), row.Text(3));
        return Status::Ok();
      });
}

Result<std::vector<ModelVersion>> ReadLatestVersions(sql::Database& database,
                                                     const std::vector<std::string>& names) {
  std::vector<ModelVersion> versions;
  const std::string select = std::string("SELECT ") + kVersionColumns +
                             " FROM model_versions JOIN (SELECT name AS latest_name, max(version) "
                             "AS latest_version FROM model_versions WHERE name IN";
  REEVE_RETURN_IF_ERROR(SelectForKeys(
      database,
      {.select = select,
       .behind =
           "AND current_stage <> ? GROUP BY name, current_stage) latest ON name = latest_name "
           "AND version = latest_version ORDER BY name, version",
       .last = {std::string_view(kDeletedStage)}},
      std::vector<sql::Parameter>(names.begin(), names.end()), [&](const sql::Statement& row) {
        versions.push_back(FromVersionRow(row));
        return Status::Ok();
      }));
  REEVE_RETURN_IF_ERROR(ReadVersionTags(database, versions));
  return versions;
}

std::string DownloadUri(const ModelVersion& version) {
  const std::string location = version.storage_location.value_or("");
  return location.empty() ? version.source.value_or("") : location;
}

void WriteModelVersion(const ModelVersion& version, JsonWriter& writer) {
  const auto optional = [&](const char* name, const std::optional<std::string>& text) {
    if (text) writer.Member(name, *text);
  };
  writer.BeginObject();
  writer.Member("name", version.name);
  writer.Member("version", std::to_string(version.version));
  writer.IntegerMember("creation_timestamp", version.creation_time);
  if (version.last_updated_time)
    writer.IntegerMember("last_updated_timestamp", *version.last_updated_time);
  optional("user_id", version.user_id);
  writer.Member("current_stage", version.current_stage);
  optional("description", version.description);
  optional("source", version.source);
  optional("run_id", version.run_id);
  writer.Member("status", version.status);
  writer.MemberUnlessEmpty("status_message", version.status_message.value_or(""));
  writer.PairsUnlessEmpty("tags", version.tags);
  optional("run_link", version.run_link);
  if (!version.aliases.empty()) {
    writer.Key("aliases");
    writer.BeginArray();
    for (const std::string& alias : version.aliases) writer.Text(alias);
    writer.EndArray();
  }
  writer.EndObject();
}

void AnswerWithVersion(const ModelVersion& version, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("model_version");
  WriteModelVersion(version, writer);
  writer.EndObject();
}

}  // namespace reeve::mlflow
