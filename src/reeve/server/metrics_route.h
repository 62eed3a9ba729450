#pragma once

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// GET /metrics: Prometheus text, or OpenMetrics for those whose Accept prefers it.
Route MetricsRoute(const ScoringContext& context);

}  // namespace reeve::server
