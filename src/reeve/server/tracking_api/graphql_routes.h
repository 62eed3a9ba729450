#pragma once

#include <vector>

#include "reeve/mlflow/api.h"
#include "reeve/server/http.h"
#include "reeve/server/tracking_api/artifact_places.h"

namespace reeve::server {

/// POST and GET /graphql, which MLflow's pages ask for runs. `api` and `places` have to outlive the
/// routes.
std::vector<Route> GraphqlRoutes(const mlflow::Api& api, const ArtifactPlaces& places);

}  // namespace reeve::server
