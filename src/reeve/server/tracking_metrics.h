#pragma once

#include <memory>
#include <string>

#include "reeve/server/server_metrics.h"
#include "reeve/sql/pool_observer.h"

namespace reeve::server {

/// What tracking adds to the metrics of its server: how long calls wait for the database and keep
/// it, and the disk below the artifacts. Thread-safe.
class TrackingMetrics final : public sql::PoolObserver {
 public:
  /// Adds its families to `server`, which is not owned and outlives it. `artifact_folder` need not
  /// exist yet.
  TrackingMetrics(ServerMetrics& server, std::string artifact_folder);

  /// Looks at the disk; call it before the metrics are read.
  void Refresh();

  void OnLease(sql::LeaseKind kind, double waited_seconds) override;
  void OnReturn(sql::LeaseKind kind, double held_seconds) override;
  void OnFailure() override { failures_->Add(); }

 private:
  struct Access {
    std::shared_ptr<telemetry::Histogram> waits, uses;
  };
  const Access& AccessOf(sql::LeaseKind kind) const {
    return kind == sql::LeaseKind::kWrite ? write_ : read_;
  }

  const std::string artifact_folder_;
  Access read_, write_;
  std::shared_ptr<telemetry::Counter> in_use_, failures_;
  telemetry::Family<telemetry::Gauge>& disk_;
};

}  // namespace reeve::server
