#include "reeve/server/service.h"

#include <utility>

#include "reeve/server/address.h"
#include "reeve/server/metrics_route.h"

namespace reeve::server {
namespace {

constexpr std::size_t kMostRoutes = 256;
// Reasons are people's questions, few at once: one who asks for many does not hold up the next.
constexpr int kReasonThreads = 2;

class ServiceImpl final : public Service {
 public:
  explicit ServiceImpl(const ServiceOptions& options) : options_(options.transport) {}

  Status Open(const ServiceOptions& options) {
    REEVE_ASSIGN_OR_RETURN(scoring_, ScoringPart::Open(options.scoring, metrics_));
    REEVE_ASSIGN_OR_RETURN(access_log_, AccessLog::Open(options.access_log));
    REEVE_ASSIGN_OR_RETURN(authenticator_, Authenticator::Make(options.tokens));
    std::vector<Route> routes =
        scoring_->Routes({MetricsRoute(metrics_, [this] { scoring_->RefreshMetrics(); })});
    for (const Route& route : routes)
      metrics_.AddRoute(route.label.empty() ? route.pattern : route.label, route.method);
    if (options_.long_threads == 0) options_.long_threads = kReasonThreads;
    REEVE_ASSIGN_OR_RETURN(
        transport_, Transport::Listen(options_, {.routes = std::move(routes),
                                                 .authenticator = &authenticator_,
                                                 .access_log = access_log_.get(),
                                                 .observer = &metrics_,
                                                 .on_drain = [this] { scoring_->Drain(); }}));
    return Status::Ok();
  }

  Status Run(const Cancellation& stop) override {
    scoring_->Begin();
    const Status status = transport_->Run(stop);
    REEVE_RETURN_IF_ERROR(scoring_->End());
    access_log_->Flush();
    return status;
  }

  std::string address() const override { return MainAddress(options_, *transport_); }
  std::string admin_address() const override { return AdminAddress(options_, *transport_); }
  std::vector<std::string> models() const override { return scoring_->ModelNames(); }

 private:
  // Members of the class outlive the transport, whose routes point to them.
  TransportOptions options_;
  ServerMetrics metrics_{kMostRoutes};
  std::unique_ptr<ScoringPart> scoring_;
  std::unique_ptr<AccessLog> access_log_;
  Authenticator authenticator_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::Start(const ServiceOptions& options) {
  auto service = std::make_unique<ServiceImpl>(options);
  REEVE_RETURN_IF_ERROR(service->Open(options));
  return std::unique_ptr<Service>(std::move(service));
}

}  // namespace reeve::server
