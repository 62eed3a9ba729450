#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/mlflow/json_writer.h"
#include "reeve/mlflow/metrics.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

/// A metric of a logged model: measured in a run, perhaps on some data.
struct ModelMetric {
  Metric metric;
  std::string run_id;
};

/// A row of `logged_models`, and what other tables hold of it.
struct LoggedModel {
  /// "m-" and 32 hexadecimal digits.
  std::string id;
  std::int64_t experiment_id = 0;
  std::string name;
  std::string artifact_location;
  std::int64_t creation_time = 0;
  std::int64_t last_update_time = 0;
  /// MLflow's number: 1 pending, 2 ready, 3 upload failed.
  std::int64_t status = 1;
  /// "active" or "deleted".
  std::string lifecycle_stage;
  /// Nothing when not known; what clients leave out is kept as the empty text.
  std::optional<std::string> model_type;
  std::optional<std::string> source_run_id;
  std::string status_message;

  std::vector<std::pair<std::string, std::string>> params = {};
  std::vector<std::pair<std::string, std::string>> tags = {};
  std::vector<ModelMetric> metrics = {};
};

/// From a row of kLoggedModelColumns, without params, tags and metrics.
LoggedModel LoggedModelFromRow(const sql::Statement& row);
/// Fills params, tags and metrics of models: three statements for up to a thousand.
Status ReadLoggedModelData(sql::Database& database, std::span<LoggedModel> models);
/// With its data; kNotFound in MLflow's words, also for a deleted one unless it is asked for.
Result<LoggedModel> ReadLoggedModel(sql::Database& database, const std::string& id,
                                    bool takes_deleted = false);
/// {"info":…,"data":…}
void WriteLoggedModel(const LoggedModel& model, JsonWriter& writer);
/// Sets tags; of a key that comes twice the last holds. REQUIRES: in a transaction.
Status WriteLoggedModelTags(sql::Database& database, const LoggedModel& model,
                            const std::vector<std::pair<std::string, std::string>>& tags);

/// Those of a run's points that name a model, to that model; points that are there already are left
/// out. kNotFound for a model that is not there. REQUIRES: in a transaction.
Status WriteModelMetrics(sql::Database& database, const std::string& run_id,
                         std::span<const Metric> metrics);

/// create, get, finalize, delete, tags, params; runs/outputs.
std::vector<Endpoint> LoggedModelEndpoints();

}  // namespace reeve::mlflow
