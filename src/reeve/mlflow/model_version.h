#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/mlflow/json_writer.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

/// A row of `model_versions`; what is nothing there is left out of answers.
struct ModelVersion {
  std::string name;
  /// From 1; numbers of deleted versions are never used again.
  std::int64_t version = 0;
  /// Milliseconds since 1970.
  std::int64_t creation_time = 0;
  std::optional<std::int64_t> last_updated_time;
  std::optional<std::string> description;
  std::optional<std::string> user_id;
  /// "None", "Staging", "Production" or "Archived".
  std::string current_stage;
  std::optional<std::string> source;
  std::optional<std::string> run_id;
  std::string status;
  std::optional<std::string> status_message;
  std::optional<std::string> run_link;
  /// Where the files lie, when that is not the source.
  std::optional<std::string> storage_location;
  std::vector<std::pair<std::string, std::string>> tags = {};
  /// Only filled where MLflow tells them: not in searches.
  std::vector<std::string> aliases = {};
};

/// The columns of a statement that FromVersionRow reads.
inline constexpr const char* kVersionColumns =
    "name, version, creation_time, last_updated_time, description, user_id, current_stage, source, "
    "run_id, status, status_message, run_link, storage_location";
ModelVersion FromVersionRow(const sql::Statement& row);

/// One that is not deleted, with tags and aliases. kNotFound in MLflow's words.
Result<ModelVersion> ReadModelVersion(sql::Database& database, const std::string& name,
                                      std::int64_t version);
/// Without tags and aliases; kNotFound in MLflow's words.
Result<ModelVersion> ReadBareModelVersion(sql::Database& database, const std::string& name,
                                          std::int64_t version);
/// The tags of all of them, by few statements.
Status ReadVersionTags(sql::Database& database, std::vector<ModelVersion>& versions);
/// The newest version of each stage of these models, oldest first, with tags.
Result<std::vector<ModelVersion>> ReadLatestVersions(sql::Database& database,
                                                     const std::vector<std::string>& names);
/// Where the files of a version lie.
std::string DownloadUri(const ModelVersion& version);

void WriteModelVersion(const ModelVersion& version, JsonWriter& writer);
/// {"model_version":…}
void AnswerWithVersion(const ModelVersion& version, std::string& answer);

}  // namespace reeve::mlflow
