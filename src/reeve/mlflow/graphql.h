#pragma once

#include <functional>
#include <string>

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
};

/// Appends {"data":…,"errors":…} for a request's fields `query`, `variables` and `operationName`.
/// What is wrong with a query stands in `errors`; fails only with kInvalidArgument, for a request
/// that has none.
Status AnswerGraphql(const GraphqlSources& sources, const Request& request, std::string& answer);

}  // namespace reeve::mlflow
