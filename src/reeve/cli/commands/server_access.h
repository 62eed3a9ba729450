#pragma once

#include "reeve/base/result.h"
#include "reeve/cli/command.h"
#include "reeve/server/tracking_service.h"

namespace reeve::cli {

/// Users, tokens and the audit log of `reeve server`: from its options, from the file that
/// MLFLOW_AUTH_CONFIG_PATH names (MLflow's basic_auth.ini), from MLFLOW_AUTH_ADMIN_USERNAME and
/// MLFLOW_AUTH_ADMIN_PASSWORD. Options come before the file, variables as well.
Result<server::AccessOptions> ReadAccess(const Arguments& arguments);

}  // namespace reeve::cli
