#pragma once

#include <vector>

#include "reeve/mlflow/api.h"
#include "reeve/server/access/access_policy.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// What MLflow's API asks of a request with a body: that it says that it is JSON.
Status CheckContentType(const Request& request);
/// Answers with a failure in MLflow's form.
void Refuse(const Status& status, Response& response);

/// MLflow's REST API: each endpoint below /api/N.0/mlflow, for clients, and /ajax-api/N.0/mlflow,
/// for pages. `policy` decides for callers that are users; null: there are none. Both have to
/// outlive the routes.
std::vector<Route> ApiRoutes(const mlflow::Api& api, const AccessPolicy* policy = nullptr);

/// /health, /version and server-info, which clients and probes ask for first. Null `api`: health
/// does not depend on a database. `artifacts_have_addresses` says that artifacts lie where clients
/// can bring and fetch large ones themselves, in parts: they then do.
std::vector<Route> ProbeRoutes(const mlflow::Api* api, bool artifacts_have_addresses = false);

}  // namespace reeve::server
