#pragma once

#include <functional>
#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// What the probes ask about the process.
struct ServiceState {
  /// False before the models are loaded and from the moment that a stop was asked for.
  std::function<bool()> is_ready = nullptr;
  /// Whether the service cannot do its work without a model.
  bool needs_model = true;
  /// False: /health names neither models that cannot be loaded nor reasons, since everybody may ask
  /// and not everybody may know.
  bool tells_reasons = true;
  /// What is wrong with the tracking store, which is a check then; null: there is none.
  std::function<Status()> check_store = nullptr;
};

/// GET /health: every check by name; 503 "unhealthy" when the service cannot do its work (no model,
/// predictions that cannot be kept), 200 "degraded" when it works with what it had (a newer version
/// that cannot be loaded, a registry that is away). GET /livez: the process answers. GET /readyz:
/// send it requests (503 while loading or draining).
std::vector<Route> HealthRoutes(const ScoringContext& context, ServiceState state);

}  // namespace reeve::server
