#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/predictions/prediction_log.h"
#include "reeve/server/access_log.h"
#include "reeve/server/auth.h"
#include "reeve/server/transport.h"
#include "reeve/tracking/store_uris.h"

namespace reeve::server {

/// Everything `reeve serve` can be asked for.
struct ServiceOptions {
  /// The first one answers requests that name none. At least one.
  std::vector<std::string> models;
  tracking::StoreUris stores = {};
  TransportOptions transport;
  /// No tokens: every route is open to whoever reaches the address.
  std::vector<TokenOptions> tokens;
  AccessLogOptions access_log = {.format = AccessLogOptions::Format::kOff};
  /// False: served rows are not kept, and labels cannot be taken.
  bool keep_predictions = true;
  predictions::PredictionLogOptions predictions;
  /// Unknown fields are errors.
  bool strict = false;
  /// Member of a row that names it at the caller's; empty for none.
  std::string key_field;
  std::int64_t max_rows = 100'000;
  /// Further paths for health and prediction, as Vertex AI asks for; empty for none.
  std::string health_path, predict_path;
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
