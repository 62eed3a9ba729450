#pragma once

#include "reeve/base/status.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// Turns `response` into an error in MLflow's form, {"error_code":…,"message":…}: kInvalidArgument
/// and kInvalidData are 400 INVALID_PARAMETER_VALUE, kNotFound 404 RESOURCE_DOES_NOT_EXIST,
/// kAlreadyExists 409, kUnavailable 503 (which clients try again), the rest 500. `disk_full`: 507,
/// which they do not.
void RefuseArtifact(const Status& status, Response& response, bool disk_full = false);

}  // namespace reeve::server
