#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/server/access_log.h"
#include "reeve/server/auth.h"
#include "reeve/server/scoring_part.h"
#include "reeve/server/transport.h"

namespace reeve::server {

/// Everything `reeve serve` can be asked for.
struct ServiceOptions {
  /// With at least one model; the first one answers requests that name none.
  ScoringOptions scoring;
  TransportOptions transport = {};
  /// No tokens: every route is open to whoever reaches the address.
  std::vector<TokenOptions> tokens = {};
  AccessLogOptions access_log = {.format = AccessLogOptions::Format::kOff};
};

/// `reeve serve`: models, their log and metrics behind the transport.
class Service {
 public:
  /// Loads and warms the models, opens the log, listens. Fails as LoadModel, PredictionLog::Open
  /// and Transport::Listen do.
  static Result<std::unique_ptr<Service>> Start(const ServiceOptions& options);
  virtual ~Service() = default;

  /// Answers until `stop` is requested, then drains, writes what is left and returns.
  virtual Status Run(const Cancellation& stop) = 0;

  /// "https://127.0.0.1:5000"; the admin address is empty without one.
  virtual std::string address() const = 0;
  virtual std::string admin_address() const = 0;
  /// "loan_approval_model version 3", one for each model.
  virtual std::vector<std::string> models() const = 0;
};

}  // namespace reeve::server
