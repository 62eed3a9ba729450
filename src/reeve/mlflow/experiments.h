#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/mlflow/json_writer.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

/// A row of `experiments`, with its tags.
struct Experiment {
  std::int64_t id = 0;
  std::string name;
  std::string artifact_location;
  /// "active" or "deleted".
  std::string lifecycle_stage;
  std::int64_t creation_time = 0;
  std::int64_t last_update_time = 0;
  std::map<std::string, std::string> tags = {};

  bool is_active() const { return lifecycle_stage == "active"; }
};

/// kNotFound in MLflow's words; deleted ones are found too.
Result<Experiment> ReadExperiment(sql::Database& database, const std::string& id);
/// kInvalidArgument for a deleted one.
Status CheckIsActive(const Experiment& experiment);
void WriteExperiment(const Experiment& experiment, JsonWriter& writer);

std::vector<Endpoint> ExperimentEndpoints();

}  // namespace reeve::mlflow
