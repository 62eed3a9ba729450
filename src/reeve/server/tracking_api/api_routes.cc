#include "reeve/server/tracking_api/api_routes.h"

#include <string>
#include <utility>

#include "reeve/base/text.h"

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

Status Answer(const mlflow::Api& api, const mlflow::Endpoint& endpoint, const Request& request,
              std::string& answer) {
  REEVE_RETURN_IF_ERROR(CheckContentType(request));
  REEVE_ASSIGN_OR_RETURN(mlflow::Request fields,
                         request.method == "GET" || request.method == "HEAD"
                             ? mlflow::Request::FromQuery(request.query, endpoint.fields)
                             : mlflow::Request::FromBody(request.body));
  for (const auto& [name, value] : request.path_params) fields.path.emplace(name, value);
  return api.Call(endpoint, fields, answer);
}

Route MakeRoute(const mlflow::Api& api, const mlflow::Endpoint& endpoint, const char* prefix) {
  Route route;
  route.method = endpoint.method;
  route.pattern = std::string(prefix) + std::to_string(endpoint.version) + ".0/" + endpoint.family +
                  endpoint.path;
  route.role = endpoint.access == mlflow::Access::kRead ? Role::kRead : Role::kAdmin;
  route.handle = [&api, &endpoint](const Request& request, Response& response) {
    const Status status = Answer(api, endpoint, request, response.body);
    if (!status.ok()) Refuse(status, response);
  };
  return route;
}

}  // namespace

std::vector<Route> ApiRoutes(const mlflow::Api& api) {
  std::vector<Route> routes;
  for (const mlflow::Endpoint& endpoint : api.endpoints()) {
    if (!endpoint.pages_only) routes.push_back(MakeRoute(api, endpoint, "/api/"));
    routes.push_back(MakeRoute(api, endpoint, "/ajax-api/"));
  }
  return routes;
}

std::vector<Route> ProbeRoutes(const mlflow::Api& api) {
  std::vector<Route> routes;
  Route health{.method = "GET", .pattern = "/health", .role = Role::kPublic};
  health.handle = [&api](const Request&, Response& response) {
    response.content_type = "text/plain; charset=utf-8";
    const auto database = api.context().pool.Read();
    response.status = database.ok() ? 200 : 503;
    response.body = database.ok() ? "OK" : database.status().message();
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
    info.handle = [](const Request&, Response& response) {
      response.body = R"({"store_type":"SqlStore","workspaces_enabled":false})";
    };
    routes.push_back(std::move(info));
  }
  return routes;
}

}  // namespace reeve::server
