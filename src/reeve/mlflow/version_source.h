#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

/// Where a new version comes from, as it is asked for.
struct SourceRequest {
  /// models:/…, runs:/…, or the place of the files.
  std::string source;
  /// Nothing when not given, which is not the same as empty.
  std::optional<std::string> run_id;
  std::optional<std::string> model_id;
  /// One of MLflow's prompts, which has no files.
  bool is_prompt = false;
};

/// The same, checked and looked up.
struct VersionSource {
  /// models:/NAME@ALIAS and the like are models:/NAME/VERSION here.
  std::string source;
  std::string run_id;
  std::string model_id;
  /// Where the files lie.
  std::string storage_location;
};

/// MLflow's rules: local paths have to lie among the artifacts of the run or model that is named,
/// so that nobody is served other files of this machine; sources of runs and models have to be of
/// the run or model that is named. kInvalidArgument in its words otherwise; kNotFound for a model
/// that the source names and that is not there. `own` are the server's places of artifacts
/// (host_policy.h). A source that does not match the regular expression in the environment variable
/// MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX is refused.
Result<VersionSource> ResolveSource(sql::Database& database, const SourceRequest& request,
                                    const std::vector<std::string>& own);

}  // namespace reeve::mlflow
