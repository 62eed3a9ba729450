#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/server/access/access.h"
#include "reeve/server/access_log.h"
#include "reeve/server/tracking_api/host_guard.h"
#include "reeve/server/transport.h"

namespace reeve::server {

/// Everything `reeve server` can be asked for.
struct TrackingServiceOptions {
  /// Where experiments, runs and models are kept.
  std::string database_uri = "sqlite:///mlflow.db";
  /// Where artifacts of new experiments lie; empty: behind this server, "mlflow-artifacts:/".
  std::string artifact_root;
  /// What holds the artifacts behind this server, see OpenArtifactDestination.
  std::string artifact_destination = "mlartifacts";
  /// The folder of MLflow's built pages, see UiRoutes; empty: a page of our own at /.
  std::string ui_folder = {};
  /// False: the addresses of artifacts behind this server say that there are none (503).
  bool serves_artifacts = true;
  /// True: the artifacts behind this server and nothing else; no database is opened, and the
  /// addresses of what needs one say so (503).
  bool artifacts_only = false;
  /// "/mlflow": everything but /metrics moves below it, see static_prefix.h; empty: nothing does.
  std::string static_prefix = {};
  HostGuardOptions guard;
  TransportOptions transport;
  /// Neither users nor tokens: every route is open to whoever reaches the address.
  AccessOptions access;
  AccessLogOptions access_log = {.format = AccessLogOptions::Format::kOff};
};

/// `reeve server`: MLflow's tracking server and model registry behind the transport.
class TrackingService {
 public:
  /// Opens the database, making its tables when they are not there, and listens. Fails as Api::Open
  /// and Transport::Listen do.
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
