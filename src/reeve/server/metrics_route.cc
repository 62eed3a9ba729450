#include "reeve/server/metrics_route.h"

namespace reeve::server {

Route MetricsRoute(const ScoringContext& context) {
  return {.method = "GET",
          .pattern = "/metrics",
          .handle =
              [&context](const Request& request, Response& response) {
                if (context.log != nullptr) {
                  const predictions::PredictionLogStats stats = context.log->stats();
                  context.metrics->SetPredictionLog(stats.rows_written, stats.rows_dropped,
                                                    stats.bytes_written);
                }
                const bool openmetrics =
                    request.Header("accept").find("application/openmetrics-text") !=
                    std::string_view::npos;
                response.content_type = ServiceMetrics::ContentType(openmetrics);
                response.body = context.metrics->Render(openmetrics);
              },
          .open = {},
          .role = Role::kRead};
}

}  // namespace reeve::server
