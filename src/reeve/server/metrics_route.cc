#include "reeve/server/metrics_route.h"

#include <utility>

namespace reeve::server {

Route MetricsRoute(const ServerMetrics& metrics, std::function<void()> refresh) {
  Route route{.method = "GET", .pattern = "/metrics", .role = Role::kRead};
  route.at_admin_address = true;
  route.handle = [&metrics, refresh = std::move(refresh)](const Request& request,
                                                          Response& response) {
    refresh();
    const bool openmetrics =
        request.Header("accept").find("application/openmetrics-text") != std::string_view::npos;
    response.content_type = ServerMetrics::ContentType(openmetrics);
    response.body = metrics.Render(openmetrics);
  };
  return route;
}

}  // namespace reeve::server
