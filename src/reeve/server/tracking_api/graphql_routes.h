#pragma once

#include <vector>

#include "reeve/mlflow/api.h"
#include "reeve/server/access/access_policy.h"
#include "reeve/server/http.h"
#include "reeve/server/tracking_api/artifact_places.h"

namespace reeve::server {

/// POST and GET /graphql, which MLflow's pages ask for runs. `policy` decides for callers that are
/// users as it does for the endpoints that a query calls; null: there are none. All have to outlive
/// the routes.
std::vector<Route> GraphqlRoutes(const mlflow::Api& api, const ArtifactPlaces& places,
                                 const AccessPolicy* policy = nullptr);

}  // namespace reeve::server
