#include "reeve/server/tracking_service.h"

#include <thread>
#include <utility>

#include "reeve/base/file_system.h"
#include "reeve/mlflow/locations.h"
#include "reeve/server/artifacts/abandoned_uploads.h"
#include "reeve/server/artifacts/artifact_routes.h"
#include "reeve/server/tracking_api/api_routes.h"
#include "reeve/server/tracking_api/artifact_lookups.h"
#include "reeve/server/tracking_api/graphql_routes.h"
#include "reeve/server/tracking_api/start_page.h"
#include "reeve/server/tracking_api/ui_routes.h"
#include "reeve/sql/open.h"
#include "reeve/tracking/artifact_location.h"

namespace reeve::server {
namespace {

void Append(std::vector<Route> more, std::vector<Route>& routes) {
  for (Route& route : more) routes.push_back(std::move(route));
}

// The addresses stay, so that a client learns why there is nothing.
void Disable(std::vector<Route>& routes) {
  for (Route& route : routes) {
    route.open = nullptr;
    route.handle = [pattern = route.pattern](const Request&, Response& response) {
      response.status = 503;
      response.content_type = "text/plain; charset=utf-8";
      response.body = "Endpoint: " + pattern +
                      " disabled due to the server running with `--no-serve-artifacts`. Start it "
                      "without that option to keep artifacts behind it";
    };
  }
}

// Of a path, which may climb, or of a file: URI.
Result<std::string> FolderAt(const std::string& place) {
  if (!place.starts_with("file:") && place.find("://") == std::string::npos) return place;
  Result<std::string> path = tracking::LocalPath(place, AbsolutePath("."));
  if (!path.ok()) return std::move(path).status().WithContext("--artifacts-destination");
  return path;
}

// Local folders in which artifacts of this database may lie: what new experiments are told, and
// where the commands of this program put them beside a file.
std::vector<std::string> LocalFolders(const TrackingServiceOptions& options) {
  std::vector<std::string> folders;
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
  explicit TrackingServiceImpl(const TrackingServiceOptions& options)
      : guard_(options.guard),
        is_secure_(!options.transport.tls_certificate.empty()),
        host_(options.transport.host),
        serves_artifacts_(options.serves_artifacts),
        places_(AbsolutePath(options.artifact_folder), LocalFolders(options)) {}

  Status Open(const TrackingServiceOptions& options) {
    mlflow::ApiOptions api{.database_uri = options.database_uri};
    if (!options.artifact_root.empty()) {
      REEVE_ASSIGN_OR_RETURN(api.artifact_root, mlflow::ResolveLocation(options.artifact_root,
                                                                        "default_artifact_root"));
    }
    REEVE_ASSIGN_OR_RETURN(api_, mlflow::Api::Open(api));
    REEVE_ASSIGN_OR_RETURN(access_log_, AccessLog::Open(options.access_log));
    REEVE_ASSIGN_OR_RETURN(access_, Access::Open(options.access, *api_, Clock::System()));
    REEVE_ASSIGN_OR_RETURN(std::vector<Route> routes, Routes(options.ui_folder));
    TransportParts parts{.routes = std::move(routes), .access_log = access_log_.get()};
    REEVE_ASSIGN_OR_RETURN(transport_, Transport::Listen(options.transport, std::move(parts)));
    return Status::Ok();
  }

  Status Run(const Cancellation& stop) override {
    // What uploads left behind whose process was killed. There may be years of artifacts to look
    // through, and nothing of ours that the thread needs: nobody waits for it.
    std::thread([root = places_.proxied()] { (void)RemoveAbandonedUploads(root); }).detach();
    const Status status = transport_->Run(stop);
    access_log_->Flush();
    return status;
  }

  std::string address() const override {
    const bool is_ipv6 = host_.find(':') != std::string::npos;
    return (is_secure_ ? "https://" : "http://") + (is_ipv6 ? "[" + host_ + "]" : host_) + ":" +
           std::to_string(transport_->port());
  }

 private:
  Result<std::vector<Route>> Routes(const std::string& ui_folder) const {
    std::vector<Route> routes = ApiRoutes(*api_, access_->policy());
    Append(access_->Routes(), routes);
    Append(GraphqlRoutes(*api_, places_, access_->policy()), routes);
    if (ui_folder.empty()) {
      routes.push_back(StartPageRoute(*api_));
    } else {
      REEVE_ASSIGN_OR_RETURN(std::vector<Route> pages, UiRoutes(ui_folder));
      Append(std::move(pages), routes);
    }
    access_->guard().Protect(routes, AccessGuard::Grants::kByHandler);
    std::vector<Route> artifacts = ArtifactRoutes({.root = places_.proxied(), .https = is_secure_});
    if (!serves_artifacts_) Disable(artifacts);
    Append(ArtifactLookupRoutes(*api_, places_), artifacts);
    access_->guard().Protect(artifacts, AccessGuard::Grants::kByArtifact);
    Append(std::move(artifacts), routes);
    guard_.Protect(routes);
    std::vector<Route> probes = ProbeRoutes(*api_);
    guard_.Protect(probes, false);
    Append(std::move(probes), routes);
    return routes;
  }

  // Members of the class outlive the transport, whose routes point to them.
  HostGuard guard_;
  bool is_secure_;
  std::string host_;
  bool serves_artifacts_;
  ArtifactPlaces places_;
  std::unique_ptr<mlflow::Api> api_;
  std::unique_ptr<AccessLog> access_log_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace

Result<std::unique_ptr<TrackingService>> TrackingService::Start(
    const TrackingServiceOptions& options) {
  TrackingServiceOptions resolved = options;
  REEVE_ASSIGN_OR_RETURN(resolved.artifact_folder, FolderAt(options.artifact_folder));
  auto service = std::make_unique<TrackingServiceImpl>(resolved);
  REEVE_RETURN_IF_ERROR(service->Open(resolved));
  return std::unique_ptr<TrackingService>(std::move(service));
}

}  // namespace reeve::server
