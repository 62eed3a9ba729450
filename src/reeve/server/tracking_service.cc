#include "reeve/server/tracking_service.h"

#include <utility>

#include "reeve/server/address.h"
#include "reeve/server/metrics_route.h"
#include "reeve/server/tracking_api/static_prefix.h"

namespace reeve::server {
namespace {

// MLflow's endpoints, twice, for clients and for pages, and those of users and artifacts.
constexpr std::size_t kMostRoutes = 1024;

class TrackingServiceImpl final : public TrackingService {
 public:
  explicit TrackingServiceImpl(const TrackingServiceOptions& options)
      : options_(options.transport), static_prefix_(options.tracking.static_prefix) {}

  Status Open(const TrackingServiceOptions& options) {
    const bool https = !options_.tls_certificate.empty();
    REEVE_ASSIGN_OR_RETURN(tracking_, TrackingPart::Open(options.tracking, https, metrics_));
    REEVE_ASSIGN_OR_RETURN(access_log_, AccessLog::Open(options.access_log));
    REEVE_ASSIGN_OR_RETURN(std::vector<Route> routes, tracking_->Routes());
    // As with MLflow, not below a prefix: who scrapes it does not come through the proxy.
    routes.push_back(MetricsRoute(metrics_, [this] { tracking_->RefreshMetrics(); }));
    tracking_->GuardMetrics(routes.back());
    if (options_.long_threads == 0) options_.long_threads = tracking_->long_threads();
    options_.error_forms = AddStaticPrefix(static_prefix_, std::move(options_.error_forms));
    REEVE_ASSIGN_OR_RETURN(transport_, Transport::Listen(options_, {.routes = std::move(routes),
                                                                    .access_log = access_log_.get(),
                                                                    .observer = &metrics_}));
    return Status::Ok();
  }

  Status Run(const Cancellation& stop) override {
    tracking_->Begin();
    const Status status = transport_->Run(stop);
    access_log_->Flush();
    return status;
  }

  std::string address() const override {
    return MainAddress(options_, *transport_) + static_prefix_;
  }
  std::string metrics_address() const override {
    return OperatorAddress(options_, *transport_) + "/metrics";
  }

 private:
  // Members of the class outlive the transport, whose routes point to them.
  TransportOptions options_;
  const std::string static_prefix_;
  ServerMetrics metrics_{kMostRoutes};
  std::unique_ptr<TrackingPart> tracking_;
  std::unique_ptr<AccessLog> access_log_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace

Result<std::unique_ptr<TrackingService>> TrackingService::Start(
    const TrackingServiceOptions& options) {
  auto service = std::make_unique<TrackingServiceImpl>(options);
  REEVE_RETURN_IF_ERROR(service->Open(options));
  return std::unique_ptr<TrackingService>(std::move(service));
}

}  // namespace reeve::server
