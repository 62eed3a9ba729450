#pragma once

#include <functional>

#include "reeve/server/http.h"
#include "reeve/server/server_metrics.h"

namespace reeve::server {

/// GET /metrics: Prometheus text, or OpenMetrics for those whose Accept prefers it. `refresh` sets
/// what is not counted as it happens. `metrics` has to outlive the route.
Route MetricsRoute(const ServerMetrics& metrics, std::function<void()> refresh);

}  // namespace reeve::server
