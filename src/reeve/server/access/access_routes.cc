#include <string>
#include <string_view>
#include <utility>

#include "reeve/base/text.h"
#include "reeve/mlflow/api.h"
#include "reeve/server/access/access_endpoint.h"
#include "reeve/server/access/access_guard.h"

namespace reeve::server {
namespace {

// DELETE takes its fields from a body or from the query, as MLflow has it.
Result<mlflow::Request> ReadFields(const Request& request, const AccessEndpoint& endpoint) {
  const bool is_json =
      ToLower(request.Header("Content-Type")).find("application/json") != std::string::npos;
  const bool has_query = request.method == "GET" || request.method == "HEAD" ||
                         (request.method == "DELETE" && !is_json);
  if (has_query) return mlflow::Request::FromQuery(request.query, endpoint.fields);
  if (!is_json) return Status::InvalidData("Invalid content type. Must be application/json");
  return mlflow::Request::FromBody(request.body);
}

Result<bool> Answer(const AccessContext& context, const AccessEndpoint& endpoint,
                    const Request& request, std::string& answer) {
  if (request.notes == nullptr || request.notes->caller == nullptr) return false;
  REEVE_ASSIGN_OR_RETURN(const mlflow::Request fields, ReadFields(request, endpoint));
  REEVE_RETURN_IF_ERROR(fields.Check(endpoint.fields));
  for (const auto& [name, subject] :
       {std::pair("username", "subject_user"), std::pair("experiment_id", "experiment"),
        std::pair("name", "name"), std::pair("resource_type", "resource_type"),
        std::pair("resource_id", "resource_id"), std::pair("resource_pattern", "resource_id"),
        std::pair("permission", "permission")}) {
    if (std::string text = fields.Text(name); !text.empty())
      request.notes->subjects.emplace_back(subject, std::move(text));
  }
  return endpoint.handle(context, *request.notes->caller, fields, answer);
}

Route MakeRoute(const AccessContext& context, const AccessEndpoint& endpoint, const char* prefix) {
  Route route;
  route.method = endpoint.method;
  route.pattern =
      std::string(prefix) + std::to_string(endpoint.version) + ".0/mlflow" + endpoint.path;
  // Every known caller comes through; the endpoints look who it is. What changes nothing is GET.
  route.role = route.method == "GET" ? Role::kRead : Role::kWrite;
  route.handle = [context, endpoint](const Request& request, Response& response) {
    const Result<bool> done = Answer(context, endpoint, request, response.body);
    if (!done.ok()) {
      response.status = mlflow::ErrorHttpStatus(done.status());
      response.body = mlflow::ErrorBody(done.status());
    } else if (!*done) {
      RefuseForbidden(response);
    }
  };
  return route;
}

}  // namespace

Result<bool> ManagesAll(const AccessContext& context, const Caller& caller) {
  if (IsAdmin(caller)) return true;
  if (!caller.user_id) return false;
  return context.policy.ManagesAll(*caller.user_id);
}

Result<bool> MayAskAbout(const AccessContext& context, const Caller& caller,
                         const std::string& name) {
  if (name == caller.name) return true;
  return ManagesAll(context, caller);
}

std::vector<Route> AccessRoutes(const AccessContext& context) {
  std::vector<Route> routes;
  for (const auto& endpoints : {UserEndpoints(), PermissionEndpoints(), RoleEndpoints()}) {
    for (const AccessEndpoint& endpoint : endpoints) {
      routes.push_back(MakeRoute(context, endpoint, "/api/"));
      routes.push_back(MakeRoute(context, endpoint, "/ajax-api/"));
    }
  }
  return routes;
}

}  // namespace reeve::server
