#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "reeve/mlflow/api.h"

// GraphQL as MLflow's pages use it: a query names the fields that it wants of a few calls of the
// REST API, which answers. Introspection is not answered, but for __typename.

namespace reeve::mlflow {

/// Who answers what a query asks for.
struct GraphqlSources {
  /// Outlives the calls.
  const Api& api;
  /// GET artifacts/list, which needs more than the database: appends the answer.
  std::function<Status(const Request& fields, std::string& answer)> list_artifacts;
  /// Whether the caller may have the answer of an endpoint; also says what that shows
  /// (Request::visible). Null: everything.
  std::function<Result<bool>(std::string_view method, std::string_view path, Request& fields)>
      admits = nullptr;
};

/// Appends {"data":…,"errors":…} for a request's fields `query`, `variables` and `operationName`.
/// What is wrong with a query stands in `errors`; fails only with kInvalidArgument, for a request
/// that has none.
Status AnswerGraphql(const GraphqlSources& sources, const Request& request, std::string& answer);

}  // namespace reeve::mlflow
