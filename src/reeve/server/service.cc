#include "reeve/server/service.h"

#include <atomic>
#include <utility>

#include "reeve/base/log.h"
#include "reeve/server/description/description_routes.h"
#include "reeve/server/health.h"
#include "reeve/server/metrics_route.h"
#include "reeve/server/scoring/csv_stream.h"
#include "reeve/server/scoring/feedback.h"
#include "reeve/server/scoring/invocations.h"
#include "reeve/server/scoring/model_host.h"
#include "reeve/server/scoring/predict.h"
#include "reeve/server/scoring/v2.h"
#include "reeve/server/service_metrics.h"

namespace reeve::server {
namespace {

// Reasons are people's questions, few at once: one who asks for many does not hold up the next.
constexpr int kReasonThreads = 2;

void Append(std::vector<Route> more, std::vector<Route>& routes) {
  for (Route& route : more) routes.push_back(std::move(route));
}

class ServiceImpl final : public Service {
 public:
  // Members of the class outlive the transport, whose routes point to them.
  Status Open(const ServiceOptions& options) {
    metrics_ = ServiceMetrics::Make();
    REEVE_ASSIGN_OR_RETURN(host_, ModelHost::Open({.models = options.models,
                                                   .stores = options.stores,
                                                   .metrics = metrics_.get()}));
    if (options.keep_predictions) {
      REEVE_ASSIGN_OR_RETURN(log_, predictions::PredictionLog::Open(options.predictions));
    }
    REEVE_ASSIGN_OR_RETURN(access_log_, AccessLog::Open(options.access_log));
    REEVE_ASSIGN_OR_RETURN(authenticator_, Authenticator::Make(options.tokens));
    context_ = {.models = host_.get(),
                .log = log_.get(),
                .metrics = metrics_.get(),
                .strict = options.strict,
                .key_field = options.key_field,
                .max_rows = options.max_rows};
    is_secure_ = !options.transport.tls_certificate.empty();
    host_name_ = options.transport.host;
    admin_host_name_ = options.transport.admin_host;
    std::vector<Route> routes = Routes(options);
    for (Route& route : routes) {
      route.at_admin_address = route.role >= Role::kRead;
      metrics_->server().AddRoute(route.label.empty() ? route.pattern : route.label, route.method);
    }
    TransportParts parts{.routes = std::move(routes),
                         .authenticator = &authenticator_,
                         .access_log = access_log_.get(),
                         .observer = &metrics_->server(),
                         .on_drain = [this] { is_ready_ = false; }};
    TransportOptions transport = options.transport;
    if (transport.long_threads == 0) transport.long_threads = kReasonThreads;
    REEVE_ASSIGN_OR_RETURN(transport_, Transport::Listen(transport, std::move(parts)));
    return Status::Ok();
  }

  Status Run(const Cancellation& stop) override {
    host_->StartWatching();
    is_ready_ = true;
    const Status status = transport_->Run(stop);
    is_ready_ = false;
    host_->StopWatching();
    if (log_) REEVE_RETURN_IF_ERROR(log_->Flush());
    access_log_->Flush();
    return status;
  }

  std::string address() const override { return Address(host_name_, transport_->port()); }
  std::string admin_address() const override {
    return transport_->admin_port() == 0 ? "" : Address(admin_host_name_, transport_->admin_port());
  }
  std::vector<std::string> models() const override {
    std::vector<std::string> names;
    for (const auto& model : host_->List())
      names.push_back(model->name + " version " + model->version);
    return names;
  }

 private:
  std::string Address(const std::string& host, int port) const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_secure_ ? "https://" : "http://") + (is_ipv6 ? "[" + host + "]" : host) + ":" +
           std::to_string(port);
  }

  std::vector<Route> Routes(const ServiceOptions& options) {
    const auto is_ready = [this] { return is_ready_.load(); };
    std::vector<Route> routes = PredictRoutes(context_);
    routes.push_back(CsvRoute(context_));
    Append(FeedbackRoutes(context_), routes);
    Append(InvocationsRoutes(context_), routes);
    Append(V2Routes(context_, is_ready), routes);
    Append(HealthRoutes(context_, {.is_ready = is_ready}), routes);
    routes.push_back(MetricsRoute(metrics_->server(), [this] { ShowPredictionLog(); }));
    if (!options.health_path.empty()) {
      std::vector<Route> health = HealthRoutes(context_, {.is_ready = is_ready});
      health.front().pattern = options.health_path;
      health.front().label = "AIP_HEALTH_ROUTE";
      routes.push_back(std::move(health.front()));
    }
    if (!options.predict_path.empty())
      routes.push_back(VertexRoute(context_, options.predict_path));
    // Last: it describes the others.
    Append(DescriptionRoutes(context_, routes), routes);
    return routes;
  }

  void ShowPredictionLog() const {
    if (log_ == nullptr) return;
    const predictions::PredictionLogStats stats = log_->stats();
    metrics_->SetPredictionLog(stats.rows_written, stats.rows_dropped, stats.bytes_written);
  }

  std::unique_ptr<ServiceMetrics> metrics_;
  std::unique_ptr<ModelHost> host_;
  std::unique_ptr<predictions::PredictionLog> log_;
  std::unique_ptr<AccessLog> access_log_;
  Authenticator authenticator_;
  ScoringContext context_;
  std::atomic<bool> is_ready_{false};
  bool is_secure_ = false;
  std::string host_name_, admin_host_name_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::Start(const ServiceOptions& options) {
  auto service = std::make_unique<ServiceImpl>();
  REEVE_RETURN_IF_ERROR(service->Open(options));
  return std::unique_ptr<Service>(std::move(service));
}

}  // namespace reeve::server
