#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reeve/base/result.h"
#include "reeve/contract/contract.h"
#include "reeve/inference/row_scorer.h"
#include "reeve/server/server_metrics.h"

namespace reeve::server {

/// What is counted of one loaded model version. Thread-safe; a call costs atomic additions only.
class ModelMetrics {
 public:
  virtual ~ModelMetrics() = default;
  /// One scored call: rows, predictions by class, distribution of scores, missing, unseen and
  /// out-of-range fields. `seconds` is what the scoring took.
  virtual void OnScored(const inference::RowScores& scores, double seconds) = 0;
};

/// Bounds of what one Prometheus server has to hold of this process.
struct ServiceMetricsOptions {
  /// Features and classes of a model with series of their own; further ones share "other".
  std::size_t most_features = 200, most_classes = 100;
  /// Model versions that are served no longer but whose counts are still shown.
  std::size_t most_retired = 16;
};

/// What scoring adds to the metrics of its server. Thread-safe.
class ServiceMetrics {
 public:
  /// Adds its families to `server`, which is not owned and outlives it.
  static std::unique_ptr<ServiceMetrics> Make(ServerMetrics& server,
                                              const ServiceMetricsOptions& options = {});
  virtual ~ServiceMetrics() = default;

  /// Counters of a model version, all at 0 from now on. The model's info, loaded and trained
  /// timestamps are shown until the object is destroyed.
  struct ModelLabels {
    std::string name, version, alias;
    /// Checksum of the bundle's model, for reeve_model_info.
    std::string digest;
    /// Seconds since 1970, 0 when not known.
    double trained_at = 0, loaded_at = 0;
  };
  virtual std::shared_ptr<ModelMetrics> AddModel(const ModelLabels& labels,
                                                 const contract::Contract& contract) = 0;
  /// "success" or "failure".
  virtual void OnModelLoad(std::string_view model, std::string_view outcome) = 0;
  virtual void OnLabels(std::int64_t count) = 0;
  /// What the prediction log says of itself; called when metrics are read.
  virtual void SetPredictionLog(std::int64_t written, std::int64_t dropped,
                                std::uint64_t bytes) = 0;
};

}  // namespace reeve::server
