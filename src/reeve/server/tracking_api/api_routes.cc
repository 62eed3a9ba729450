#include "reeve/server/tracking_api/api_routes.h"

#include <string>
#include <utility>

#include "reeve/base/text.h"
#include "reeve/server/access/access_guard.h"
#include "reeve/server/access/call_subjects.h"
#include "reeve/server/slow_calls.h"

namespace reeve::server {

void Refuse(const Status& status, Response& response) {
  response.status = mlflow::ErrorHttpStatus(status);
  response.body = mlflow::ErrorBody(status);
}

Status CheckContentType(const Request& request) {
  if (request.method != "POST" && request.method != "PUT") return Status::Ok();
  const std::string_view given = request.Header("Content-Type");
  if (given.empty()) return Status::InvalidArgument("Bad Request. Content-Type header is missing.");
  if (ToLower(Trim(given.substr(0, given.find(';')))) == "application/json") return Status::Ok();
  return Status::InvalidArgument("Bad Request. Content-Type must be one of ['application/json'].");
}

namespace {

// One endpoint, and who may call it.
struct Door {
  const mlflow::Api& api;
  const mlflow::Endpoint& endpoint;
  const AccessPolicy* policy;
  AccessRule rule;
};

// False: the caller may not.
Result<bool> Admits(const Door& door, mlflow::Request& fields, CallNotes& notes) {
  NoteSubjects(door.endpoint.path, fields, notes);
  if (notes.caller == nullptr) return true;
  fields.user = notes.caller->name;
  if (!notes.caller->user_id || door.policy == nullptr) return true;
  // The policy reads what the endpoint will read: fields of the right types.
  REEVE_RETURN_IF_ERROR(fields.Check(door.endpoint.fields));
  return door.policy->Admits(*notes.caller->user_id, door.rule, fields);
}

Result<bool> Answer(const Door& door, const Request& request, std::string& answer) {
  REEVE_RETURN_IF_ERROR(CheckContentType(request));
  REEVE_ASSIGN_OR_RETURN(mlflow::Request fields,
                         request.method == "GET" || request.method == "HEAD"
                             ? mlflow::Request::FromQuery(request.query, door.endpoint.fields)
                             : mlflow::Request::FromBody(request.body));
  for (const auto& [name, value] : request.path_params) fields.path.emplace(name, value);
  CallNotes* const notes = request.notes;
  if (notes != nullptr) {
    REEVE_ASSIGN_OR_RETURN(const bool may, Admits(door, fields, *notes));
    if (!may) return false;
  }
  REEVE_RETURN_IF_ERROR(door.api.Call(door.endpoint, fields, answer));
  if (notes != nullptr) NoteMade(door.endpoint.path, answer, *notes);
  if (door.policy != nullptr) {
    const auto user_id =
        notes != nullptr && notes->caller != nullptr ? notes->caller->user_id : std::nullopt;
    REEVE_RETURN_IF_ERROR(door.policy->AfterCall(user_id, door.rule, fields, answer));
  }
  return true;
}

// All that a database holds, where other calls read some rows of one thing.
bool ReadsMuch(std::string_view path) {
  return path.find("search") != std::string_view::npos ||
         path.find("/get-history") != std::string_view::npos;
}

Route MakeRoute(const Door& door, const char* prefix) {
  const mlflow::Endpoint& endpoint = door.endpoint;
  Route route;
  route.method = endpoint.method;
  route.pattern = std::string(prefix) + std::to_string(endpoint.version) + ".0/" + endpoint.family +
                  endpoint.path;
  route.role = endpoint.access == mlflow::Access::kRead ? Role::kRead : Role::kWrite;
  route.handle = [door](const Request& request, Response& response) {
    const Result<bool> done = Answer(door, request, response.body);
    if (!done.ok()) {
      Refuse(done.status(), response);
    } else if (!*done) {
      RefuseForbidden(response);
    }
  };
  if (ReadsMuch(endpoint.path)) MoveWhenSlow(route);
  return route;
}

}  // namespace

std::vector<Route> ApiRoutes(const mlflow::Api& api, const AccessPolicy* policy) {
  std::vector<Route> routes;
  for (const mlflow::Endpoint& endpoint : api.endpoints()) {
    const Door door = {.api = api,
                       .endpoint = endpoint,
                       .policy = policy,
                       .rule = FindAccessRule(endpoint.method, endpoint.path)};
    if (!endpoint.pages_only) routes.push_back(MakeRoute(door, "/api/"));
    routes.push_back(MakeRoute(door, "/ajax-api/"));
  }
  return routes;
}

std::vector<Route> ProbeRoutes(const mlflow::Api* api, bool artifacts_have_addresses) {
  std::vector<Route> routes;
  Route health{.method = "GET", .pattern = "/health", .role = Role::kPublic};
  health.handle = [api](const Request&, Response& response) {
    response.content_type = "text/plain; charset=utf-8";
    const Status database = api == nullptr ? Status::Ok() : api->context().pool.Read().status();
    response.status = database.ok() ? 200 : 503;
    response.body = database.ok() ? "OK" : database.message();
  };
  routes.push_back(std::move(health));
  Route version{.method = "GET", .pattern = "/version", .role = Role::kPublic};
  version.handle = [](const Request&, Response& response) {
    response.content_type = "text/plain; charset=utf-8";
    response.body = REEVE_VERSION;
  };
  routes.push_back(std::move(version));
  for (const char* const prefix : {"/api", "/ajax-api"}) {
    Route info{.method = "GET",
               .pattern = std::string(prefix) + "/3.0/mlflow/server-info",
               .role = Role::kPublic};
    info.handle = [artifacts_have_addresses](const Request&, Response& response) {
      response.body = R"({"store_type":"SqlStore","workspaces_enabled":false)";
      if (artifacts_have_addresses)
        response.body += R"(,"multipart_uploads_enabled":true,"multipart_downloads_enabled":true)";
      response.body += "}";
    };
    routes.push_back(std::move(info));
  }
  return routes;
}

}  // namespace reeve::server
