#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/server/access_log.h"
#include "reeve/server/scoring_part.h"
#include "reeve/server/tracking_part.h"
#include "reeve/server/transport.h"

namespace reeve::server {

/// Everything `reeve up` can be asked for.
struct UpServiceOptions {
  /// With a database and without a prefix. Its access holds for scoring too.
  TrackingOptions tracking;
  /// Its models are those of the tracking database; stores, locations and the form's address are
  /// set here.
  ScoringOptions scoring;
  TransportOptions transport = {};
  AccessLogOptions access_log = {.format = AccessLogOptions::Format::kOff};
};

/// `reeve up`: the tracking server and the scoring of its models behind one transport.
class UpService {
 public:
  /// Opens the database, loads the models that are there, listens. Fails as TrackingPart::Open,
  /// ScoringPart::Open and Transport::Listen do.
  static Result<std::unique_ptr<UpService>> Start(const UpServiceOptions& options);
  virtual ~UpService() = default;

  /// Answers until `stop` is requested, then drains, writes what is left and returns.
  virtual Status Run(const Cancellation& stop) = 0;
  /// "http://127.0.0.1:5000".
  virtual std::string address() const = 0;
  virtual std::string metrics_address() const = 0;
  /// "loan_approval_model version 3", one for each model that is served now.
  virtual std::vector<std::string> models() const = 0;
};

/// The routes of both parts as one table, all behind the guards of `tracking`, and /metrics of
/// both. Where both have a route for the same method and pattern, one of the two stays: /health is
/// scoring's, which looks at the database as well; /version is tracking's, which MLflow's clients
/// ask. `needs_model` as in ServiceState. What it is given outlives the routes.
Result<std::vector<Route>> UpRoutes(TrackingPart& tracking, const ScoringPart& scoring,
                                    ServerMetrics& metrics, bool needs_model);

}  // namespace reeve::server
