#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/mlflow/inputs.h"
#include "reeve/mlflow/json_writer.h"
#include "reeve/mlflow/metrics.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

/// A row of `runs`, and what other tables hold of it.
struct Run {
  std::string id;
  /// Also the tag mlflow.runName.
  std::string name;
  std::string user_id;
  /// "RUNNING", "SCHEDULED", "FINISHED", "FAILED" or "KILLED".
  std::string status;
  /// Milliseconds since 1970.
  std::int64_t start_time = 0;
  /// 0 while it runs.
  std::int64_t end_time = 0;
  /// "active" or "deleted".
  std::string lifecycle_stage;
  std::string artifact_uri;
  std::int64_t experiment_id = 0;

  /// The latest point of each.
  std::vector<Metric> metrics = {};
  std::vector<std::pair<std::string, std::string>> params = {};
  std::vector<std::pair<std::string, std::string>> tags = {};
  RunInputs inputs = {};

  bool is_active() const { return lifecycle_stage == "active"; }
};

/// The columns that RunFromRow reads, in this order, after "SELECT ".
inline constexpr const char* kRunFields =
    "run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, "
    "experiment_id";

/// Without metrics, parameters, tags and inputs.
Run RunFromRow(const sql::Statement& row);

/// Fills metrics, parameters, tags and inputs of runs, in a number of statements that does not
/// depend on theirs (up to a thousand runs).
Status ReadRunData(sql::Database& database, std::vector<Run>& runs);
/// With their data, in the order of the ids; those that are not there are left out.
Result<std::vector<Run>> ReadRuns(sql::Database& database, const std::vector<std::string>& ids);

/// Without its data; kNotFound in MLflow's words.
Result<Run> ReadRunInfo(sql::Database& database, const std::string& id);
/// The same for a run that is to be written to; kInvalidArgument for a deleted one.
Result<Run> ReadActiveRun(sql::Database& database, const std::string& id);
/// With its data.
Result<Run> ReadRun(sql::Database& database, const std::string& id);

/// {"run_id":…,…}
void WriteRunInfo(const Run& run, JsonWriter& writer);
/// {"info":…,"data":…,"inputs":…,"outputs":…}
void WriteRun(const Run& run, JsonWriter& writer);

/// kInvalidArgument for what cannot be the id of a run.
Status CheckRunId(const std::string& id);

/// create, get, update, delete, restore.
std::vector<Endpoint> RunEndpoints();

}  // namespace reeve::mlflow
