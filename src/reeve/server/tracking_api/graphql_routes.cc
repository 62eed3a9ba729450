#include "reeve/server/tracking_api/graphql_routes.h"

#include <string>
#include <utility>

#include "reeve/mlflow/graphql.h"
#include "reeve/server/slow_calls.h"
#include "reeve/server/tracking_api/api_routes.h"
#include "reeve/server/tracking_api/artifact_lookups.h"

namespace reeve::server {
namespace {

Status Answer(const mlflow::GraphqlSources& sources, const Request& request, std::string& answer) {
  REEVE_RETURN_IF_ERROR(CheckContentType(request));
  const bool has_body = request.method == "POST" || !request.body.empty();
  REEVE_ASSIGN_OR_RETURN(const mlflow::Request fields,
                         has_body
                             ? mlflow::Request::FromBody(request.body)
                             : mlflow::Request::FromQuery(
                                   request.query, {{"query"}, {"variables"}, {"operationName"}}));
  return mlflow::AnswerGraphql(sources, fields, answer);
}

}  // namespace

std::vector<Route> GraphqlRoutes(const mlflow::Api& api, const ArtifactPlaces& places) {
  const mlflow::GraphqlSources sources{
      .api = api,
      .list_artifacts = [&api, &places](const mlflow::Request& fields, std::string& answer) {
        return ListRunArtifacts(api, places, fields, answer);
      }};
  std::vector<Route> routes;
  for (const char* const method : {"POST", "GET"}) {
    // Its mutations search, as its queries do.
    Route route{.method = method, .pattern = "/graphql", .role = Role::kRead};
    route.handle = [sources](const Request& request, Response& response) {
      const Status status = Answer(sources, request, response.body);
      if (!status.ok()) Refuse(status, response);
    };
    MoveWhenSlow(route);
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace reeve::server
