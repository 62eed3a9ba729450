#include "reeve/server/tracking_service.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <malloc.h>

#include "reeve/base/file_system.h"
#include "reeve/mlflow/locations.h"
#include "reeve/server/access/access_guard.h"
#include "reeve/server/access/caller.h"
#include "reeve/server/artifacts/abandoned_uploads.h"
#include "reeve/server/artifacts/artifact_destination.h"
#include "reeve/server/artifacts/artifact_routes.h"
#include "reeve/server/metrics_route.h"
#include "reeve/server/tracking_api/api_routes.h"
#include "reeve/server/tracking_api/artifact_lookups.h"
#include "reeve/server/tracking_api/graphql_routes.h"
#include "reeve/server/tracking_api/start_page.h"
#include "reeve/server/tracking_api/static_prefix.h"
#include "reeve/server/tracking_api/ui_routes.h"
#include "reeve/server/tracking_metrics.h"
#include "reeve/sql/open.h"
#include "reeve/tracking/artifact_location.h"

namespace reeve::server {
namespace {

void Append(std::vector<Route> more, std::vector<Route>& routes) {
  for (Route& route : more) routes.push_back(std::move(route));
}

// The addresses stay, so that a client learns why there is nothing.
void Disable(std::vector<Route>& routes, const std::string& option, const std::string& purpose) {
  for (Route& route : routes) {
    route.open = nullptr;
    route.handle = [body = "Endpoint: " + route.pattern +
                           " disabled due to the server running with `" + option +
                           "`. Start it without that option to " +
                           purpose](const Request&, Response& response) {
      response.status = 503;
      response.content_type = "text/plain; charset=utf-8";
      response.body = body;
    };
  }
}

// They wait for the database more than they work, and for a bucket much more.
int LongThreads(bool waits_for_bucket) {
  constexpr int kForBucket = 32;
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return std::clamp(2 * cores, 4, 16) + (waits_for_bucket ? kForBucket : 0);
}

// Pieces of downloads come and go on many threads, each of which would keep some of their memory.
void ReturnLargeMemory() {
  constexpr int kLarge = 1 << 20;
  (void)::mallopt(M_MMAP_THRESHOLD, kLarge);
}

// What tells of everything at once: not for users who may see a part of it.
void RefuseLimitedCallers(std::vector<Route>& routes) {
  for (Route& route : routes) {
    route.handle = [next = std::move(route.handle)](const Request& request, Response& response) {
      const Caller* const caller = request.notes == nullptr ? nullptr : request.notes->caller;
      if (caller != nullptr && caller->user_id) return RefuseForbidden(response);
      next(request, response);
    };
  }
}

// Local folders in which artifacts of this database may lie: what new experiments are told, and
// where the commands of this program put them beside a file.
std::vector<std::string> LocalFolders(const TrackingServiceOptions& options,
                                      const ArtifactRepository& proxied) {
  std::vector<std::string> folders;
  if (!proxied.is_remote()) folders.push_back(proxied.name());
  if (const auto path = tracking::LocalPath(options.artifact_root, AbsolutePath("."));
      path.ok() && !options.artifact_root.empty()) {
    folders.push_back(AbsolutePath(*path));
  }
  if (const auto file = sql::SqlitePath(options.database_uri)) {
    const std::string beside = ParentFolder(AbsolutePath(*file));
    folders.push_back(beside + "/mlruns");
    folders.push_back(beside + "/mlartifacts");
  }
  return folders;
}

class TrackingServiceImpl final : public TrackingService {
 public:
  TrackingServiceImpl(const TrackingServiceOptions& options,
                      const std::shared_ptr<const ArtifactRepository>& artifacts)
      : options_(options),
        guard_(options.guard),
        is_secure_(!options.transport.tls_certificate.empty()),
        metrics_(artifacts->is_remote() ? "" : artifacts->name()),
        places_(artifacts, LocalFolders(options, *artifacts)) {}

  Status Open() {
    REEVE_RETURN_IF_ERROR(CheckStaticPrefix(options_.static_prefix));
    REEVE_ASSIGN_OR_RETURN(api_, OpenApi());
    REEVE_ASSIGN_OR_RETURN(access_log_, AccessLog::Open(options_.access_log));
    REEVE_ASSIGN_OR_RETURN(access_, Access::Open(options_.access, *api_, Clock::System()));
    REEVE_ASSIGN_OR_RETURN(std::vector<Route> routes, Routes());
    TransportParts parts{.routes = std::move(routes),
                         .access_log = access_log_.get(),
                         .observer = &metrics_.server()};
    if (proxied().is_remote()) ReturnLargeMemory();
    TransportOptions transport = options_.transport;
    if (transport.long_threads == 0) transport.long_threads = LongThreads(proxied().is_remote());
    transport.error_forms =
        AddStaticPrefix(options_.static_prefix, std::move(transport.error_forms));
    REEVE_ASSIGN_OR_RETURN(transport_, Transport::Listen(transport, std::move(parts)));
    return Status::Ok();
  }

  Status Run(const Cancellation& stop) override {
    // What uploads left behind whose process was killed. There may be years of artifacts to look
    // through, and nothing of ours that the thread needs: nobody waits for it. A bucket has rules
    // of its own for that.
    if (!proxied().is_remote())
      std::thread([root = proxied().name()] { (void)RemoveAbandonedUploads(root); }).detach();
    const Status status = transport_->Run(stop);
    access_log_->Flush();
    return status;
  }

  std::string address() const override {
    return Address(options_.transport.host, transport_->port()) + options_.static_prefix;
  }
  std::string metrics_address() const override {
    return (transport_->admin_port() == 0
                ? Address(options_.transport.host, transport_->port())
                : Address(options_.transport.admin_host, transport_->admin_port())) +
           "/metrics";
  }

 private:
  std::string Address(const std::string& host, int port) const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_secure_ ? "https://" : "http://") + (is_ipv6 ? "[" + host + "]" : host) + ":" +
           std::to_string(port);
  }

  const ArtifactRepository& proxied() const { return *places_.proxied(); }

  Result<std::unique_ptr<mlflow::Api>> OpenApi() {
    if (options_.artifacts_only) return mlflow::Api::WithoutDatabase();
    mlflow::ApiOptions api{.database_uri = options_.database_uri, .pool_observer = &metrics_};
    if (!options_.artifact_root.empty()) {
      REEVE_ASSIGN_OR_RETURN(api.artifact_root, mlflow::ResolveLocation(options_.artifact_root,
                                                                        "default_artifact_root"));
    }
    return mlflow::Api::Open(api);
  }

  Result<std::vector<Route>> Routes() {
    std::vector<Route> routes = TrackingRoutes();
    Append(access_->Routes(), routes);
    REEVE_ASSIGN_OR_RETURN(std::vector<Route> pages, Pages());
    Append(std::move(pages), routes);
    access_->guard().Protect(routes, AccessGuard::Grants::kByHandler);
    std::vector<Route> artifacts = AllArtifactRoutes();
    access_->guard().Protect(artifacts, AccessGuard::Grants::kByArtifact);
    Append(std::move(artifacts), routes);
    guard_.Protect(routes);
    std::vector<Route> probes = ProbeRoutes(options_.artifacts_only ? nullptr : api_.get(),
                                            options_.serves_artifacts && proxied().is_remote());
    guard_.Protect(probes, false);
    Append(std::move(probes), routes);
    AddStaticPrefix(options_.static_prefix, routes);
    if (!options_.static_prefix.empty()) routes.push_back(RedirectToPrefix(options_.static_prefix));
    Append(OperatorRoutes(), routes);
    return routes;
  }

  // As with MLflow, not below a prefix: who scrapes it does not come through the proxy.
  std::vector<Route> OperatorRoutes() {
    std::vector<Route> routes = {MetricsRoute(metrics_.server(), [this] { metrics_.Refresh(); })};
    RefuseLimitedCallers(routes);
    access_->guard().Protect(routes, AccessGuard::Grants::kByHandler);
    guard_.Protect(routes);
    return routes;
  }

  // What needs the database and no artifacts.
  std::vector<Route> TrackingRoutes() const {
    std::vector<Route> routes = ApiRoutes(*api_, access_->policy());
    Append(GraphqlRoutes(*api_, places_, access_->policy()), routes);
    DisableIfArtifactsOnly(routes);
    return routes;
  }

  Result<std::vector<Route>> Pages() const {
    if (!options_.ui_folder.empty()) return UiRoutes(options_.ui_folder);
    return std::vector<Route>{StartPageRoute(*api_, {.static_prefix = options_.static_prefix,
                                                     .shows_latest = !options_.artifacts_only})};
  }

  std::vector<Route> AllArtifactRoutes() const {
    std::vector<Route> routes = ArtifactRoutes({.repository = places_.proxied(),
                                                .static_prefix = options_.static_prefix,
                                                .https = is_secure_});
    if (!options_.serves_artifacts)
      Disable(routes, "--no-serve-artifacts", "keep artifacts behind it");
    std::vector<Route> lookups = ArtifactLookupRoutes(*api_, places_);
    DisableIfArtifactsOnly(lookups);
    Append(std::move(lookups), routes);
    return routes;
  }

  void DisableIfArtifactsOnly(std::vector<Route>& routes) const {
    if (options_.artifacts_only) Disable(routes, "--artifacts-only", "track runs and models");
  }

  // Members of the class outlive the transport, whose routes point to them.
  const TrackingServiceOptions options_;
  HostGuard guard_;
  bool is_secure_;
  TrackingMetrics metrics_;
  ArtifactPlaces places_;
  std::unique_ptr<mlflow::Api> api_;
  std::unique_ptr<AccessLog> access_log_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace

Result<std::unique_ptr<TrackingService>> TrackingService::Start(
    const TrackingServiceOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const auto artifacts,
                         OpenArtifactDestination(options.artifact_destination));
  auto service = std::make_unique<TrackingServiceImpl>(options, artifacts);
  REEVE_RETURN_IF_ERROR(service->Open());
  return std::unique_ptr<TrackingService>(std::move(service));
}

}  // namespace reeve::server
