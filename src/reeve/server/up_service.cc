#include "reeve/server/up_service.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "reeve/server/address.h"
#include "reeve/server/metrics_route.h"
#include "reeve/server/tracking_api/start_page.h"

namespace reeve::server {
namespace {

constexpr std::size_t kMostRoutes = 1280;
// Beside those of the database, so that reasons and calls wait for each other less.
constexpr int kReasonThreads = 2;

void Drop(std::string_view pattern, std::vector<Route>& routes) {
  std::erase_if(routes, [&](const Route& route) { return route.pattern == pattern; });
}

// What is scored runs where it arrives and must not wait there behind a database.
void MoveToLongThreads(std::vector<Route>& routes) {
  for (Route& route : routes) {
    if (route.role != Role::kPublic) route.takes_long = Always;
  }
}

std::string NothingServed(const ModelChoice& choice) {
  if (!choice.models.empty()) {
    return "no model is served yet: " + choice.models.front() +
           " is not there, or cannot be loaded; GET /health says why";
  }
  return "no model is served yet: no registered model has the alias champion; reeve train … "
         "--register NAME --alias champion, or reeve models alias NAME champion VERSION";
}

class UpServiceImpl final : public UpService {
 public:
  explicit UpServiceImpl(const UpServiceOptions& options) : options_(options.transport) {}

  Status Open(const UpServiceOptions& options) {
    const bool https = !options_.tls_certificate.empty();
    REEVE_ASSIGN_OR_RETURN(tracking_, TrackingPart::Open(options.tracking, https, metrics_));
    REEVE_ASSIGN_OR_RETURN(scoring_, ScoringPart::Open(WithStore(options), metrics_));
    REEVE_ASSIGN_OR_RETURN(access_log_, AccessLog::Open(options.access_log));
    const bool needs_model = !options.scoring.choice.models.empty();
    REEVE_ASSIGN_OR_RETURN(std::vector<Route> routes,
                           UpRoutes(*tracking_, *scoring_, metrics_, needs_model));
    if (options_.long_threads == 0)
      options_.long_threads = tracking_->long_threads() + kReasonThreads;
    REEVE_ASSIGN_OR_RETURN(
        transport_, Transport::Listen(options_, {.routes = std::move(routes),
                                                 .access_log = access_log_.get(),
                                                 .observer = &metrics_,
                                                 .on_drain = [this] { scoring_->Drain(); }}));
    return Status::Ok();
  }

  Status Run(const Cancellation& stop) override {
    tracking_->Begin();
    scoring_->Begin();
    const Status status = transport_->Run(stop);
    REEVE_RETURN_IF_ERROR(scoring_->End());
    access_log_->Flush();
    return status;
  }

  std::string address() const override { return MainAddress(options_, *transport_); }
  std::string metrics_address() const override {
    return OperatorAddress(options_, *transport_) + "/metrics";
  }
  std::vector<std::string> models() const override { return scoring_->ModelNames(); }

 private:
  ScoringOptions WithStore(const UpServiceOptions& options) const {
    ScoringOptions scoring = options.scoring;
    scoring.choice.waits = true;
    scoring.choice.stores = {.tracking = options.tracking.database_uri};
    scoring.choice.locate = [this](const std::string& location) {
      return tracking_->Locate(location);
    };
    scoring.form_path = kFormPath;
    scoring.nothing_served = NothingServed(options.scoring.choice);
    return scoring;
  }

  // Members of the class outlive the transport, whose routes point to them.
  TransportOptions options_;
  ServerMetrics metrics_{kMostRoutes};
  std::unique_ptr<TrackingPart> tracking_;
  std::unique_ptr<ScoringPart> scoring_;
  std::unique_ptr<AccessLog> access_log_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace

Result<std::vector<Route>> UpRoutes(TrackingPart& tracking, const ScoringPart& scoring,
                                    ServerMetrics& metrics, bool needs_model) {
  REEVE_ASSIGN_OR_RETURN(std::vector<Route> routes, tracking.Routes(&scoring.models()));
  MoveToLongThreads(routes);
  Drop("/health", routes);
  const auto refresh = [&tracking, &scoring] {
    tracking.RefreshMetrics();
    scoring.RefreshMetrics();
  };
  std::vector<Route> others =
      scoring.Routes({MetricsRoute(metrics, refresh)},
                     {.needs_model = needs_model,
                      .tells_reasons = !tracking.is_closed(),
                      .check_store = [&tracking] { return tracking.CheckDatabase(); }});
  Drop("/version", others);
  for (Route& route : others) {
    if (route.pattern == "/metrics") {
      tracking.GuardMetrics(route);
    } else {
      tracking.GuardScoring(route, scoring.models());
    }
    if (route.pattern == "/health") route.takes_long = Always;
    metrics.AddRoute(route.pattern, route.method);
  }
  Append(std::move(others), routes);
  return routes;
}

Result<std::unique_ptr<UpService>> UpService::Start(const UpServiceOptions& options) {
  auto service = std::make_unique<UpServiceImpl>(options);
  REEVE_RETURN_IF_ERROR(service->Open(options));
  return std::unique_ptr<UpService>(std::move(service));
}

}  // namespace reeve::server
