#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/mlflow/json_writer.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

struct Run;

/// A table that a run read. Empty fields were not given.
struct Dataset {
  std::string name;
  std::string digest;
  std::string source_type;
  std::string source;
  std::string schema = {};
  std::string profile = {};
};

struct DatasetInput {
  Dataset dataset;
  /// "mlflow.data.context": "train"
  std::vector<std::pair<std::string, std::string>> tags = {};
};

struct ModelOutput {
  std::string model_id;
  std::int64_t step = 0;
};

/// What a run read and what it made.
struct RunInputs {
  std::vector<DatasetInput> datasets = {};
  /// Ids of logged models.
  std::vector<std::string> models = {};
  std::vector<ModelOutput> outputs = {};
};

/// Fills the inputs of runs: two statements for up to a thousand.
Status ReadRunInputs(sql::Database& database, std::span<Run> runs);

/// {"dataset_inputs":…,"model_inputs":…}
void WriteInputs(const RunInputs& inputs, JsonWriter& writer);
/// {"model_outputs":…}
void WriteOutputs(const RunInputs& inputs, JsonWriter& writer);

/// runs/log-inputs
std::vector<Endpoint> InputEndpoints();

}  // namespace reeve::mlflow
