#include "reeve/server/server_metrics.h"

#include <vector>

#include "reeve/telemetry/exposition.h"
#include "reeve/telemetry/process_metrics.h"

namespace reeve::server {

ServerMetrics::ServerMetrics(std::size_t most_routes)
    : requests_(registry_, most_routes),
      connections_(
          registry_
              .AddLevels({.name = "reeve_http_connections", .help = "Connections that are open."})
              .With({})) {
  auto& rejected =
      registry_.AddCounters({.name = "reeve_rejected_requests_total",
                             .help = "Requests that were refused before they reached a handler.",
                             .labels = {"reason"}});
  for (const std::string_view reason : {"overload", "body_too_large", "header_too_large",
                                        "malformed", "timeout", "unauthorized", "other"})
    reasons_.emplace(reason, rejected.With({std::string(reason)}));
  registry_
      .AddInfos(
          {.name = "reeve_build_info", .help = "The program.", .labels = {"version", "compiler"}})
      .With({REEVE_VERSION, __VERSION__});
  registry_.AddSource(telemetry::ProcessMetrics);
}

void ServerMetrics::OnRefused(std::string_view reason) {
  auto it = reasons_.find(reason);
  if (it == reasons_.end()) it = reasons_.find("other");
  it->second->Add();
}

std::string ServerMetrics::Render(bool openmetrics) const {
  const std::vector<telemetry::FamilySample> families = registry_.Take();
  return openmetrics ? ToOpenMetrics(families) : ToPrometheusText(families);
}

std::string_view ServerMetrics::ContentType(bool openmetrics) {
  return openmetrics ? telemetry::kOpenMetricsType : telemetry::kPrometheusType;
}

}  // namespace reeve::server
