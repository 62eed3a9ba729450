#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reeve/mlflow/model_version.h"

namespace reeve::mlflow {

/// A row of `registered_models`, with what belongs to it.
struct RegisteredModel {
  std::string name;
  std::int64_t creation_time = 0;
  std::optional<std::int64_t> last_updated_time;
  std::string description;
  std::vector<std::pair<std::string, std::string>> tags = {};
  std::vector<std::pair<std::string, std::int64_t>> aliases = {};
  /// The newest of each stage.
  std::vector<ModelVersion> latest_versions = {};
};

/// The columns of a statement that FromModelRow reads.
inline constexpr const char* kModelColumns = "name, creation_time, last_updated_time, description";
RegisteredModel FromModelRow(const sql::Statement& row);

/// Checks the name; kNotFound in MLflow's words.
Status CheckHasModel(sql::Database& database, const std::string& name);
Result<bool> HasModel(sql::Database& database, const std::string& name);
/// With all that belongs to it.
Result<RegisteredModel> ReadRegisteredModel(sql::Database& database, const std::string& name);
/// Tags, aliases and latest versions of all of them, by few statements.
Status FillModels(sql::Database& database, std::vector<RegisteredModel>& models);
/// Whether the model is one of MLflow's prompts, which share the registry.
Result<bool> IsPrompt(sql::Database& database, const std::string& name);

void WriteRegisteredModel(const RegisteredModel& model, JsonWriter& writer);
/// {"registered_model":…}
void AnswerWithModel(const RegisteredModel& model, std::string& answer);

}  // namespace reeve::mlflow
