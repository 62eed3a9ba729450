#pragma once

#include <functional>
#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// What the probes ask about the process.
struct ServiceState {
  /// False before the models are loaded and from the moment that a stop was asked for.
  std::function<bool()> is_ready;
};

/// GET /health: every check by name; 503 "unhealthy" when the service cannot do its work (no model,
/// predictions that cannot be kept), 200 "degraded" when it works with what it had (a newer version
/// that cannot be loaded, a registry that is away). GET /livez: the process answers. GET /readyz:
/// send it requests (503 while loading or draining).
std::vector<Route> HealthRoutes(const ScoringContext& context, ServiceState state);

}  // namespace reeve::server
