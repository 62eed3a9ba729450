#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "reeve/server/request_metrics.h"
#include "reeve/server/transport.h"
#include "reeve/telemetry/registry.h"

namespace reeve::server {

/// What every server of this program says of itself: requests, refusals, connections, the build and
/// the process. Services add families of their own to its registry. Thread-safe.
class ServerMetrics final : public TransportObserver {
 public:
  /// Routes with series of their own; further ones share "other".
  explicit ServerMetrics(std::size_t most_routes);

  /// Where further families go.
  telemetry::Registry& registry() { return registry_; }

  /// Shows the series of a route at 0 from now on: call it for every route before the first
  /// request. Routes that were never added appear with their first request.
  void AddRoute(std::string_view route, std::string_view method) {
    requests_.AddRoute(route, method);
  }

  void OnRequestBegin() override { requests_.OnBegin(); }
  void OnRequestEnd(const RequestEnd& request) override { requests_.OnEnd(request); }
  void OnRefused(std::string_view reason) override;
  void SetConnections(std::int64_t open) override { connections_->Set(open); }

  /// Prometheus text 0.0.4, or OpenMetrics 1.0.0.
  std::string Render(bool openmetrics) const;
  /// The Content-Type of what Render gives.
  static std::string_view ContentType(bool openmetrics);

 private:
  telemetry::Registry registry_;
  RequestMetrics requests_;
  const std::shared_ptr<telemetry::Counter> connections_;
  std::map<std::string, std::shared_ptr<telemetry::Counter>, std::less<>> reasons_;
};

}  // namespace reeve::server
