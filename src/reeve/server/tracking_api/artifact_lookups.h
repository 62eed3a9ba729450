#pragma once

#include <string>
#include <vector>

#include "reeve/mlflow/api.h"
#include "reeve/server/http.h"
#include "reeve/server/tracking_api/artifact_places.h"

namespace reeve::server {

/// Calls that need the database, for where artifacts lie, and the disk, or the bucket:
/// artifacts/list, downloads of a run's, a version's and a logged model's files, and the pages'
/// upload. `api` and `places` have to outlive the routes.
std::vector<Route> ArtifactLookupRoutes(const mlflow::Api& api, const ArtifactPlaces& places);

/// Appends the answer of artifacts/list for the fields `run_id` and `path`.
Status ListRunArtifacts(const mlflow::Api& api, const ArtifactPlaces& places,
                        const mlflow::Request& fields, std::string& answer);

}  // namespace reeve::server
