#include "reeve/server/service_metrics.h"

#include "reeve/server/model_metrics.h"
#include "reeve/telemetry/registry.h"

namespace reeve::server {
namespace {

using telemetry::Counter;
using telemetry::Family;
using telemetry::Registry;

class RegistryMetrics : public ServiceMetrics {
 public:
  RegistryMetrics(ServerMetrics& server, const ServiceMetricsOptions& options)
      : registry_(server.registry()),
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
    registry_.AddSource([models = models_] { return models->Take(); });
  }

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

 private:
  static std::shared_ptr<Counter> Single(Family<Counter>& family) { return family.With({}); }

  Registry& registry_;
  Family<Counter>& model_loads_;
  const std::shared_ptr<Counter> labels_, log_written_, log_dropped_, log_bytes_;
  const std::shared_ptr<ModelFamilies> models_;
};

}  // namespace

std::unique_ptr<ServiceMetrics> ServiceMetrics::Make(ServerMetrics& server,
                                                     const ServiceMetricsOptions& options) {
  return std::make_unique<RegistryMetrics>(server, options);
}

}  // namespace reeve::server
