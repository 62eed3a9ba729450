#pragma once

#include <span>
#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/server/http.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// What the description needs to know of a route.
struct RouteName {
  std::string method, pattern;
};
/// How the commands of x-codeSamples reach the model.
struct CallSite {
  /// "http://localhost:5000".
  std::string origin;
  /// "?model=NAME" for a model that is not the service's first, else empty.
  std::string model_query = {};
};
std::vector<RouteName> NamesOf(std::span<const Route> routes);

/// The service's description, OpenAPI 3.1: every route of `routes`, with the fields of `model`, and
/// examples that this model scores. Routes that nobody described are in it with what their address
/// says.
Json OpenApi(const ServedModel& model, std::span<const RouteName> routes, const CallSite& site);

/// "METHOD /pattern" of the routes that route_docs.cc does not describe: a test keeps it empty.
std::vector<std::string> UndescribedRoutes(std::span<const RouteName> routes);

}  // namespace reeve::server
