#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::tracking {

/// The words of MLflow's stores.
enum class RunStatus { kRunning, kScheduled, kFinished, kFailed, kKilled };
std::string_view RunStatusName(RunStatus status);  ///< "RUNNING", "FINISHED", …
/// Anything unknown reads as kRunning.
RunStatus ParseRunStatus(std::string_view name);

using Tags = std::map<std::string, std::string>;

/// One value of a metric; a metric's points differ in their step.
struct MetricPoint {
  std::string key;
  double value = 0;
  std::int64_t timestamp_ms = 0;
  std::int64_t step = 0;
};

/// A named group of runs; `artifact_location` is a folder or URI below which theirs lie.
struct Experiment {
  std::string id;
  std::string name;
  std::string artifact_location;
  Tags tags = {};
};

/// One training or evaluation with all that was recorded of it.
struct Run {
  /// 32 hexadecimal digits.
  std::string id;
  std::string name;
  std::string experiment_id;
  std::string artifact_uri;
  std::string user;
  RunStatus status = RunStatus::kRunning;
  std::int64_t start_ms = 0;
  /// 0 while it runs.
  std::int64_t end_ms = 0;
  std::map<std::string, std::string> params;
  Tags tags;
  /// The latest point of each metric.
  std::map<std::string, double> metrics;
};

/// A table as MLflow's UI shows it under "Datasets".
struct DatasetInput {
  std::string name;
  std::string digest;
  std::string source_type;
  /// JSON texts.
  std::string source, schema, profile;
  /// "training", "evaluation".
  std::string context;
};

/// A value that a run measured on a logged model.
struct ModelMetric {
  MetricPoint point;
  std::string run_id;
  /// The data set it was measured on; empty when none was named.
  std::string dataset_name = "", dataset_digest = "";
};

/// A model as MLflow 3 keeps it: independent of the registry.
struct LoggedModel {
  /// "m-" and 32 hexadecimal digits.
  std::string id;
  std::string name;
  std::string artifact_location;
  std::string source_run_id;
  // There when the models of an experiment are listed; from params on also for one by its id.
  std::string model_type = "";
  std::int64_t created_ms = 0;
  std::map<std::string, std::string> params = {};
  Tags tags = {};
  std::vector<ModelMetric> metrics = {};
};

/// A file below an artifact location.
struct ArtifactFile {
  /// "pictures/roc.svg".
  std::string path;
  std::uint64_t bytes = 0;
};

/// One version of a registered model; versions count from 1 and are never reused.
struct ModelVersion {
  std::string name;
  std::int64_t version = 0;
  std::string source;
  std::string storage_location;
  std::string run_id;
  std::string description;
  /// "None", "Staging", "Production", "Archived".
  std::string stage;
  std::string status;
  std::int64_t created_ms = 0;
  Tags tags;
  std::vector<std::string> aliases;
};

/// A name under which versions are registered, and the aliases that point to some of them.
struct RegisteredModel {
  std::string name;
  std::string description;
  std::int64_t created_ms = 0;
  Tags tags;
  /// Alias -> version.
  std::map<std::string, std::int64_t> aliases;
  std::int64_t latest_version = 0;
};

}  // namespace reeve::tracking
