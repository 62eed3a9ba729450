#pragma once

#include "reeve/base/status.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// Turns `response` into an error in MLflow's form (mlflow::ErrorBody), with what mends it in the
/// message. What is in the way is 409, what a bucket does not let this server 403, a full disk 507:
/// clients do not try again there.
void RefuseArtifact(const Status& status, Response& response, bool disk_full = false);

}  // namespace reeve::server
