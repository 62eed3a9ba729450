#pragma once

#include <functional>
#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// The Open Inference Protocol V2 over REST, as the clients of KServe and Triton speak it:
///   GET  /v2, /v2/health/live, /v2/health/ready, /v2/models
///   GET  /v2/models/{model}[/versions/{version}][/ready]
///   POST /v2/models/{model}[/versions/{version}]/infer, /v2/repository/index
/// with Triton's extension for binary tensors. Errors are {"error":"message"}.
/// `is_ready` says what /v2/health/ready answers; it is called from many threads at once.
std::vector<Route> V2Routes(const ScoringContext& context, std::function<bool()> is_ready);

}  // namespace reeve::server
