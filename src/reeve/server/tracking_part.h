#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/mlflow/api.h"
#include "reeve/server/access/access.h"
#include "reeve/server/http.h"
#include "reeve/server/scoring/served_model.h"
#include "reeve/server/server_metrics.h"
#include "reeve/server/tracking_api/artifact_places.h"
#include "reeve/server/tracking_api/host_guard.h"
#include "reeve/server/tracking_metrics.h"

namespace reeve::server {

/// What a tracking server keeps where, and who may reach it.
struct TrackingOptions {
  /// Where experiments, runs and models are kept.
  std::string database_uri = "sqlite:///mlflow.db";
  /// Where artifacts of new experiments lie; empty: behind this server, "mlflow-artifacts:/".
  std::string artifact_root = {};
  /// What holds the artifacts behind this server, see OpenArtifactDestination.
  std::string artifact_destination = "mlartifacts";
  /// The folder of MLflow's built pages, see UiRoutes; empty: a page of our own at /.
  std::string ui_folder = {};
  /// False: the addresses of artifacts behind this server say that there are none (503).
  bool serves_artifacts = true;
  /// True: the artifacts behind this server and nothing else; no database is opened, and the
  /// addresses of what needs one say so (503).
  bool artifacts_only = false;
  /// "/mlflow": all routes lie below it, see static_prefix.h; empty: below none.
  std::string static_prefix = {};
  HostGuardOptions guard = {};
  /// Neither users nor tokens: every route is open to whoever reaches the address.
  AccessOptions access = {};
};

/// The half of a service that tracks: MLflow's tracking server and model registry with their
/// artifacts, and what stands before routes: names and origins (HostGuard), users and tokens
/// (AccessGuard). It gives routes; whoever puts it behind a transport adds metrics.
class TrackingPart {
 public:
  /// Opens the database, making its tables when they are not there. `metrics` is not owned and
  /// outlives it; `https` says how clients reach it. Fails as Api::Open and Access::Open do.
  static Result<std::unique_ptr<TrackingPart>> Open(const TrackingOptions& options, bool https,
                                                    ServerMetrics& metrics);

  /// Every route of tracking, guarded. The page at / names `served`, which is null where nothing is
  /// and else outlives them, as does the part.
  Result<std::vector<Route>> Routes(const ModelDirectory* served = nullptr) const;
  /// Puts the route of metrics, which tell of all there is, behind the guards.
  void GuardMetrics(Route& route) const;
  /// Puts a route of scoring behind the guards: a user may call it who may read the models that its
  /// answer tells of. `models` outlives it.
  void GuardScoring(Route& route, const ModelDirectory& models) const;
  /// Whether callers have to say who they are.
  bool is_closed() const { return access_->is_closed(); }

  /// What is wrong with the database; OK when it answers.
  Status CheckDatabase() const { return api_->context().pool.Read().status(); }
  /// The folder or bucket where a location of the database lies, for StoreOptions::locate. Fails
  /// for places that are none of this server's.
  Result<std::string> Locate(const std::string& location) const;
  /// Threads that calls need which take long (TransportOptions::long_threads).
  int long_threads() const;

  /// Clears away what uploads left behind whose process was killed.
  void Begin() const;
  /// Sets what is not counted as it happens; call it before metrics are read.
  void RefreshMetrics() { metrics_.Refresh(); }

 private:
  TrackingPart(const TrackingOptions& options, bool https, ServerMetrics& metrics,
               const std::shared_ptr<const ArtifactRepository>& artifacts);

  const ArtifactRepository& proxied() const { return *places_.proxied(); }
  Result<std::unique_ptr<mlflow::Api>> OpenApi();
  std::vector<Route> DatabaseRoutes() const;
  Result<std::vector<Route>> Pages(const ModelDirectory* served) const;
  std::vector<Route> AllArtifactRoutes() const;
  void DisableIfArtifactsOnly(std::vector<Route>& routes) const;

  // Members of the class outlive the transport, whose routes point to them.
  const TrackingOptions options_;
  const bool https_;
  const HostGuard guard_;
  TrackingMetrics metrics_;
  const ArtifactPlaces places_;
  std::unique_ptr<mlflow::Api> api_;
  std::unique_ptr<Access> access_;
};

}  // namespace reeve::server
