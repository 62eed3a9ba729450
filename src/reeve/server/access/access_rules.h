#pragma once

#include <string_view>

#include "reeve/server/access/permission.h"

namespace reeve::server {

/// What a call is about, which says whose grants decide.
enum class Subject {
  /// Nothing that belongs to anyone: every known caller may.
  kNothing,
  /// Many things: the answer leaves out what may not be read.
  kListing,
  kExperiment,
  kExperimentName,
  kRun,
  /// Several runs: fields `run_id` or `run_ids`.
  kRuns,
  kLoggedModel,
  kModel,
  kVersion,
  /// A version that is made: of a model, from what its source belongs to.
  kNewVersion,
  /// Not listed: administrators only.
  kUnknown,
};

/// Who may call an endpoint.
struct AccessRule {
  std::string_view method;
  /// As in mlflow::Endpoint.
  std::string_view path;
  Subject subject = Subject::kUnknown;
  Action action = Action::kManage;
};

/// The rule of an endpoint of MLflow's API; one that is not listed is kUnknown, so that a new
/// endpoint is closed until somebody thinks about it.
AccessRule FindAccessRule(std::string_view method, std::string_view path);

}  // namespace reeve::server
