#include "reeve/mlflow/graphql.h"

#include <nlohmann/json.hpp>

#include "reeve/mlflow/graphql/execute.h"
#include "reeve/mlflow/graphql/limits.h"
#include "reeve/mlflow/graphql/parser.h"
#include "reeve/mlflow/json_writer.h"

namespace reeve::mlflow {
namespace {

Result<Json> Call(const GraphqlSources& sources, std::string_view method, std::string_view path,
                  const std::string& fields) {
  REEVE_ASSIGN_OR_RETURN(Request request, Request::FromBody(fields));
  if (sources.admits) {
    REEVE_ASSIGN_OR_RETURN(const bool may, sources.admits(method, path, request));
    if (!may) return Status::RequirementUnmet("Permission denied");
  }
  std::string answer;
  if (path == "/artifacts/list") {
    REEVE_RETURN_IF_ERROR(sources.list_artifacts(request, answer));
    return ParseJson(answer);
  }
  for (const Endpoint& endpoint : sources.api.endpoints()) {
    if (path != endpoint.path || method != endpoint.method) continue;
    REEVE_RETURN_IF_ERROR(sources.api.Call(endpoint, request, answer));
    return ParseJson(answer);
  }
  return Status::Internal("no endpoint " + std::string(method) + " " + std::string(path));
}

// Of a GET, the variables are JSON in a text.
Result<Json> ReadVariables(const Request& request) {
  const Json* const given = request.Member("variables");
  if (given == nullptr) return Json();
  if (!given->is_string()) return *given;
  Result<Json> parsed = ParseJson(given->get_ref<const std::string&>());
  if (parsed.ok()) return parsed;
  return Status::InvalidArgument("Variables are invalid JSON.");
}

Result<graphql::Plan> PlanOf(const Request& request) {
  REEVE_ASSIGN_OR_RETURN(const graphql::Document document,
                         graphql::ParseDocument(request.Text("query")));
  REEVE_RETURN_IF_ERROR(graphql::CheckLimits(document));
  REEVE_ASSIGN_OR_RETURN(const Json variables, ReadVariables(request));
  return graphql::MakePlan(document,
                           {.operation = request.Text("operationName"), .variables = variables});
}

void WriteErrors(const std::vector<std::string>& errors, std::string& answer) {
  JsonWriter writer(answer);
  if (errors.empty()) return writer.Null();
  writer.BeginArray();
  for (const std::string& error : errors) writer.Text(error);
  writer.EndArray();
}

}  // namespace

Status AnswerGraphql(const GraphqlSources& sources, const Request& request, std::string& answer) {
  REEVE_RETURN_IF_ERROR(
      request.Check({{"query", FieldType::kText, true}, {"operationName", FieldType::kText}}));
  std::vector<std::string> errors;
  const Result<graphql::Plan> plan = PlanOf(request);
  answer += "{\"data\":";
  if (plan.ok()) {
    const graphql::CallEndpoint call = [&](std::string_view method, std::string_view path,
                                           const std::string& fields) {
      return Call(sources, method, path, fields);
    };
    graphql::Execute(*plan, call, answer, errors);
  } else {
    errors.push_back(plan.status().message());
    answer += "null";
  }
  answer += ",\"errors\":";
  WriteErrors(errors, answer);
  answer += '}';
  return Status::Ok();
}

}  // namespace reeve::mlflow
