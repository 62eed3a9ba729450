#pragma once

#include <string_view>

#include "reeve/base/result.h"
#include "reeve/mlflow/graphql/document.h"

namespace reeve::mlflow::graphql {

/// Reads a document of operations and fragments (GraphQL, October 2021). Linear; nesting is
/// bounded. Fails with kInvalidArgument, "Syntax Error: Expected Name, found '}'."; so for
/// definitions of types, which no request has.
Result<Document> ParseDocument(std::string_view text);

}  // namespace reeve::mlflow::graphql
