#pragma once

#include <string>
#include <vector>

#include "reeve/base/status.h"

namespace reeve::mlflow {

/// Refuses a location at which the server would connect to a host that the caller names: schemes
/// such as http:, ftp:, hdfs: and mlflow-artifacts://HOST. Allowed are the hosts of `own` (the
/// server's own places of artifacts) and the schemes that the environment variable
/// MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES lists with commas. kInvalidArgument in MLflow's
/// words; `field` is the name of the request's field.
Status CheckHost(const std::string& uri, const std::string& field,
                 const std::vector<std::string>& own);

}  // namespace reeve::mlflow
