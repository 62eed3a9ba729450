#include "reeve/server/service_metrics.h"

#include <map>

#include "reeve/server/model_metrics.h"
#include "reeve/server/request_metrics.h"
#include "reeve/telemetry/exposition.h"
#include "reeve/telemetry/process_metrics.h"
#include "reeve/telemetry/registry.h"

namespace reeve::server {
namespace {

using telemetry::Counter;
using telemetry::Family;
using telemetry::Registry;

class RegistryMetrics : public ServiceMetrics {
 public:
  explicit RegistryMetrics(const ServiceMetricsOptions& options)
      : requests_(registry_, options.most_routes),
        rejected_(registry_.AddCounters(
            {.name = "reeve_rejected_requests_total",
             .help = "Requests that were refused before they reached a handler.",
             .labels = {"reason"}})),
        connections_(Single(registry_.AddLevels(
            {.name = "reeve_http_connections", .help = "Connections that are open."}))),
        model_loads_(registry_.AddCounters({.name = "reeve_model_loads_total",
                                            .help = "Attempts to load a model version.",
                                            .labels = {"model", "outcome"}})),
        labels_(Single(registry_.AddCounters(
            {.name = "reeve_labels_received_total", .help = "True answers that came back."}))),
        log_written_(Single(
            registry_.AddCounters({.name = "reeve_prediction_log_written_rows_total",
                                   .help = "Rows of the prediction log that are on disk."}))),
        log_dropped_(Single(registry_.AddCounters(
            {.name = "reeve_prediction_log_dropped_rows_total",
             .help = "Rows that the prediction log lost: memory or disk was full."}))),
        log_bytes_(Single(
            registry_.AddCounters({.name = "reeve_prediction_log_written_bytes_total",
                                   .help = "Bytes of the prediction log that were written."}))),
        models_(std::make_shared<ModelFamilies>(options)) {
    registry_
        .AddInfos(
            {.name = "reeve_build_info", .help = "The program.", .labels = {"version", "compiler"}})
        .With({REEVE_VERSION, __VERSION__});
    for (const std::string_view reason : {"overload", "body_too_large", "header_too_large",
                                          "malformed", "timeout", "unauthorized", "other"})
      reasons_.emplace(reason, rejected_.With({std::string(reason)}));
  }

  void AddRoute(std::string_view route, std::string_view method) override {
    requests_.AddRoute(route, method);
  }
  void OnRequestBegin() override { requests_.OnBegin(); }
  void OnRequestEnd(std::string_view route, std::string_view method, int status,
                    double seconds) override {
    requests_.OnEnd(route, method, status, seconds);
  }
  void OnRefused(std::string_view reason) override {
    auto it = reasons_.find(reason);
    if (it == reasons_.end()) it = reasons_.find("other");
    it->second->Add();
  }
  void SetConnections(std::int64_t open) override { connections_->Set(open); }

  std::shared_ptr<ModelMetrics> AddModel(const ModelLabels& labels,
                                         const contract::Contract& contract) override {
    // Both outcomes are there before the first failure.
    for (const char* outcome : {"success", "failure"}) model_loads_.With({labels.name, outcome});
    return models_->Add(labels, contract);
  }
  void OnModelLoad(std::string_view model, std::string_view outcome) override {
    for (const char* known : {"success", "failure"}) {
      const auto series = model_loads_.With({std::string(model), known});
      if (outcome == known) series->Add();
    }
  }
  void OnLabels(std::int64_t count) override { labels_->Add(count); }
  void SetPredictionLog(std::int64_t written, std::int64_t dropped, std::uint64_t bytes) override {
    log_written_->RaiseTo(written);
    log_dropped_->RaiseTo(dropped);
    log_bytes_->RaiseTo(static_cast<std::int64_t>(bytes));
  }

  std::string Render(bool openmetrics) override {
    std::vector<telemetry::FamilySample> families = registry_.Take();
    for (auto& family : models_->Take()) families.push_back(std::move(family));
    for (auto& family : telemetry::ProcessMetrics()) families.push_back(std::move(family));
    return openmetrics ? ToOpenMetrics(families) : ToPrometheusText(families);
  }

 private:
  static std::shared_ptr<Counter> Single(Family<Counter>& family) { return family.With({}); }

  Registry registry_;
  RequestMetrics requests_;
  Family<Counter>& rejected_;
  const std::shared_ptr<Counter> connections_;
  Family<Counter>& model_loads_;
  const std::shared_ptr<Counter> labels_, log_written_, log_dropped_, log_bytes_;
  const std::shared_ptr<ModelFamilies> models_;
  std::map<std::string, std::shared_ptr<Counter>, std::less<>> reasons_;
};

}  // namespace

std::unique_ptr<ServiceMetrics> ServiceMetrics::Make(const ServiceMetricsOptions& options) {
  return std::make_unique<RegistryMetrics>(options);
}

std::string_view ServiceMetrics::ContentType(bool openmetrics) {
  return openmetrics ? telemetry::kOpenMetricsType : telemetry::kPrometheusType;
}

}  // namespace reeve::server
