#include "reeve/server/tracking_api/graphql_routes.h"

#include <string>
#include <utility>

#include "reeve/mlflow/graphql.h"
#include "reeve/server/access/call_subjects.h"
#include "reeve/server/access/caller.h"
#include "reeve/server/slow_calls.h"
#include "reeve/server/tracking_api/api_routes.h"
#include "reeve/server/tracking_api/artifact_lookups.h"

namespace reeve::server {
namespace {

// What the caller may have, with a note of what was refused; null: everything.
decltype(mlflow::GraphqlSources::admits) AdmitsFor(const Request& request,
                                                   const AccessPolicy* policy) {
  const Caller* const caller = request.notes == nullptr ? nullptr : request.notes->caller;
  if (caller == nullptr || !caller->user_id || policy == nullptr) return nullptr;
  return [policy, user_id = *caller->user_id, notes = request.notes](
             std::string_view method, std::string_view path, mlflow::Request& fields) {
    Result<bool> may = policy->Admits(user_id, FindAccessRule(method, path), fields);
    if (may.ok() && !*may) {
      notes->is_refused_in_part = true;
      NoteSubjects(path, fields, *notes);
    }
    return may;
  };
}

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

std::vector<Route> GraphqlRoutes(const mlflow::Api& api, const ArtifactPlaces& places,
                                 const AccessPolicy* policy) {
  const mlflow::GraphqlSources sources{
      .api = api,
      .list_artifacts = [&api, &places](const mlflow::Request& fields, std::string& answer) {
        return ListRunArtifacts(api, places, fields, answer);
      }};
  std::vector<Route> routes;
  for (const char* const method : {"POST", "GET"}) {
    // Its mutations search, as its queries do.
    Route route{.method = method, .pattern = "/graphql", .role = Role::kRead};
    route.handle = [sources, policy](const Request& request, Response& response) {
      mlflow::GraphqlSources admitted = sources;
      admitted.admits = AdmitsFor(request, policy);
      const Status status = Answer(admitted, request, response.body);
      if (!status.ok()) Refuse(status, response);
    };
    if (places.proxied()->is_remote()) {
      route.takes_long = Always;
    } else {
      MoveWhenSlow(route);
    }
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace reeve::server
