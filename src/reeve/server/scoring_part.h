#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/predictions/prediction_log.h"
#include "reeve/server/health.h"
#include "reeve/server/scoring/model_host.h"
#include "reeve/server/scoring/scoring.h"
#include "reeve/server/server_metrics.h"
#include "reeve/server/service_metrics.h"

namespace reeve::server {

/// What is served to whom asks for predictions, and how.
struct ScoringOptions {
  ModelChoice choice;
  /// False: served rows are not kept, and labels cannot be taken.
  bool keep_predictions = true;
  predictions::PredictionLogOptions predictions = {};
  /// Unknown fields are errors.
  bool strict = false;
  /// Member of a row that names it at the caller's; empty for none.
  std::string key_field = {};
  std::int64_t max_rows = 100'000;
  /// Address of the form for one row.
  std::string form_path = "/";
  /// What is said while no model is served.
  std::string nothing_served = ScoringContext().nothing_served;
  /// Further paths for health and prediction, as Vertex AI asks for; empty for none.
  std::string health_path = {}, predict_path = {};
};

/// The half of a service that scores: models, their log and their metrics. It gives routes and
/// takes part in the service's life; whoever puts it behind a transport adds metrics and access.
class ScoringPart {
 public:
  /// Loads and warms the models, opens the log. `metrics` is not owned and outlives it. Fails as
  /// ModelHost::Open and PredictionLog::Open do.
  static Result<std::unique_ptr<ScoringPart>> Open(const ScoringOptions& options,
                                                   ServerMetrics& metrics);

  /// Every route of scoring and `more`, which the server's description names along with them.
  /// `state` without is_ready, which is this part's. The part outlives them.
  std::vector<Route> Routes(std::vector<Route> more, ServiceState state = {}) const;
  const ModelDirectory& models() const { return *host_; }
  /// "loan_approval_model version 3", one for each model that is served now.
  std::vector<std::string> ModelNames() const;

  /// From now on it is ready, and looks for newer versions.
  void Begin();
  /// It is ready no more; what comes is still answered.
  void Drain() { is_ready_ = false; }
  /// Once nothing is answered any more: writes what is left.
  Status End();
  /// Sets what is not counted as it happens; call it before metrics are read.
  void RefreshMetrics() const;

 private:
  explicit ScoringPart(const ScoringOptions& options) : options_(options) {}

  const ScoringOptions options_;
  std::unique_ptr<ServiceMetrics> metrics_;
  std::unique_ptr<ModelHost> host_;
  std::unique_ptr<predictions::PredictionLog> log_;
  ScoringContext context_;
  std::atomic<bool> is_ready_{false};
};

}  // namespace reeve::server
