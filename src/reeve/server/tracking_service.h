#pragma once

#include <memory>
#include <string>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/server/access_log.h"
#include "reeve/server/tracking_part.h"
#include "reeve/server/transport.h"

namespace reeve::server {

/// Everything `reeve server` can be asked for.
struct TrackingServiceOptions {
  TrackingOptions tracking;
  TransportOptions transport = {};
  AccessLogOptions access_log = {.format = AccessLogOptions::Format::kOff};
};

/// `reeve server`: MLflow's tracking server and model registry behind the transport.
class TrackingService {
 public:
  /// Opens the database, making its tables when they are not there, and listens. Fails as
  /// TrackingPart::Open and Transport::Listen do.
  static Result<std::unique_ptr<TrackingService>> Start(const TrackingServiceOptions& options);
  virtual ~TrackingService() = default;

  /// Answers until `stop` is requested, then drains and returns.
  virtual Status Run(const Cancellation& stop) = 0;
  /// "http://127.0.0.1:5000".
  virtual std::string address() const = 0;
  /// Where the metrics are: the main address, without a prefix, or an admin address.
  virtual std::string metrics_address() const = 0;
};

}  // namespace reeve::server
