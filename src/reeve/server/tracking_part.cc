#include "reeve/server/tracking_part.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <malloc.h>

#include "reeve/base/file_system.h"
#include "reeve/mlflow/locations.h"
#include "reeve/server/access/access_guard.h"
#include "reeve/server/artifacts/abandoned_uploads.h"
#include "reeve/server/artifacts/artifact_destination.h"
#include "reeve/server/artifacts/artifact_routes.h"
#include "reeve/server/description/form_data.h"
#include "reeve/server/description/route_docs.h"
#include "reeve/server/tracking_api/api_routes.h"
#include "reeve/server/tracking_api/artifact_lookups.h"
#include "reeve/server/tracking_api/graphql_routes.h"
#include "reeve/server/tracking_api/start_page.h"
#include "reeve/server/tracking_api/static_prefix.h"
#include "reeve/server/tracking_api/ui_routes.h"
#include "reeve/sql/open.h"
#include "reeve/tracking/artifact_location.h"

namespace reeve::server {
namespace {

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

// Pieces of downloads come and go on many threads, each of which would keep some of their memory.
void ReturnLargeMemory() {
  constexpr int kLarge = 1 << 20;
  (void)::mallopt(M_MMAP_THRESHOLD, kLarge);
}

// Local folders in which artifacts of this database may lie: what new experiments are told, and
// where the commands of this program put them beside a file.
std::vector<std::string> LocalFolders(const TrackingOptions& options,
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

std::vector<std::string> ServedNames(const ModelDirectory& models) {
  std::vector<std::string> names;
  for (const auto& model : models.List()) names.push_back(model->name);
  return names;
}

// Whether the answer of a route of scoring tells of one model, which the path or else the query
// names; the form shows the names of all.
bool IsAboutOneModel(const Route& route) {
  if (route.pattern.find('{') != std::string::npos) return true;
  const RouteDoc* const doc = FindRouteDoc(route.method, route.pattern);
  return doc != nullptr && doc->chooses_model && route.pattern != kFormPath;
}

std::vector<std::string> NamedModel(const ModelDirectory& models, const Request& request) {
  std::string_view name = request.Param("name");
  if (name.empty()) name = request.Param("model");
  const FormData query = ParseFormData(request.query);
  if (name.empty()) name = FindValue(query, "model").value_or(name);
  return name.empty() ? ServedNames(models) : std::vector{std::string(name)};
}

}  // namespace

TrackingPart::TrackingPart(const TrackingOptions& options, bool https, ServerMetrics& metrics,
                           const std::shared_ptr<const ArtifactRepository>& artifacts)
    : options_(options),
      https_(https),
      guard_(options.guard),
      metrics_(metrics, artifacts->is_remote() ? "" : artifacts->name()),
      places_(artifacts, LocalFolders(options, *artifacts)) {}

Result<std::unique_ptr<TrackingPart>> TrackingPart::Open(const TrackingOptions& options, bool https,
                                                         ServerMetrics& metrics) {
  REEVE_RETURN_IF_ERROR(CheckStaticPrefix(options.static_prefix));
  REEVE_ASSIGN_OR_RETURN(const auto artifacts,
                         OpenArtifactDestination(options.artifact_destination));
  std::unique_ptr<TrackingPart> part(new TrackingPart(options, https, metrics, artifacts));
  REEVE_ASSIGN_OR_RETURN(part->api_, part->OpenApi());
  REEVE_ASSIGN_OR_RETURN(part->access_, Access::Open(options.access, *part->api_, Clock::System()));
  if (artifacts->is_remote()) ReturnLargeMemory();
  return part;
}

Result<std::unique_ptr<mlflow::Api>> TrackingPart::OpenApi() {
  if (options_.artifacts_only) return mlflow::Api::WithoutDatabase();
  mlflow::ApiOptions api{.database_uri = options_.database_uri, .pool_observer = &metrics_};
  if (!options_.artifact_root.empty()) {
    REEVE_ASSIGN_OR_RETURN(api.artifact_root, mlflow::ResolveLocation(options_.artifact_root,
                                                                      "default_artifact_root"));
  }
  return mlflow::Api::Open(api);
}

// They wait for the database more than they work, and for a bucket much more.
int TrackingPart::long_threads() const {
  constexpr int kForBucket = 32;
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return std::clamp(2 * cores, 4, 16) + (proxied().is_remote() ? kForBucket : 0);
}

void TrackingPart::Begin() const {
  // There may be years of artifacts to look through, and nothing of ours that the thread needs:
  // nobody waits for it. A bucket has rules of its own for that.
  if (proxied().is_remote()) return;
  std::thread([root = proxied().name()] { (void)RemoveAbandonedUploads(root); }).detach();
}

Result<std::vector<Route>> TrackingPart::Routes(const ModelDirectory* served) const {
  std::vector<Route> routes = DatabaseRoutes();
  Append(access_->Routes(), routes);
  REEVE_ASSIGN_OR_RETURN(std::vector<Route> pages, Pages(served));
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
  return routes;
}

void TrackingPart::GuardMetrics(Route& route) const {
  RefuseLimitedCallers(route);
  access_->guard().Protect(route, AccessGuard::Grants::kByHandler);
  guard_.Protect(route);
}

void TrackingPart::GuardScoring(Route& route, const ModelDirectory& models) const {
  const bool is_about_one = IsAboutOneModel(route);
  access_->guard().ProtectScoring(route, [&models, is_about_one](const Request& request) {
    return is_about_one ? NamedModel(models, request) : ServedNames(models);
  });
  guard_.Protect(route, route.role != Role::kPublic);
}

Result<std::string> TrackingPart::Locate(const std::string& location) const {
  const std::string& root = api_->context().artifact_root;
  // Clients bring artifacts there themselves, and this server reads them as they do.
  if (root.starts_with("s3:") && location.starts_with(root + "/")) return location;
  REEVE_ASSIGN_OR_RETURN(const auto repository, places_.Find(location));
  return repository->name();
}

// What needs the database and no artifacts.
std::vector<Route> TrackingPart::DatabaseRoutes() const {
  std::vector<Route> routes = ApiRoutes(*api_, access_->policy());
  Append(GraphqlRoutes(*api_, places_, access_->policy()), routes);
  DisableIfArtifactsOnly(routes);
  return routes;
}

Result<std::vector<Route>> TrackingPart::Pages(const ModelDirectory* served) const {
  if (!options_.ui_folder.empty()) return UiRoutes(options_.ui_folder);
  return std::vector<Route>{StartPageRoute(*api_, {.static_prefix = options_.static_prefix,
                                                   .shows_latest = !options_.artifacts_only,
                                                   .served = served})};
}

std::vector<Route> TrackingPart::AllArtifactRoutes() const {
  std::vector<Route> routes = ArtifactRoutes(
      {.repository = places_.proxied(), .static_prefix = options_.static_prefix, .https = https_});
  if (!options_.serves_artifacts)
    Disable(routes, "--no-serve-artifacts", "keep artifacts behind it");
  std::vector<Route> lookups = ArtifactLookupRoutes(*api_, places_);
  DisableIfArtifactsOnly(lookups);
  Append(std::move(lookups), routes);
  return routes;
}

void TrackingPart::DisableIfArtifactsOnly(std::vector<Route>& routes) const {
  if (options_.artifacts_only) Disable(routes, "--artifacts-only", "track runs and models");
}

}  // namespace reeve::server
