#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/mlflow/graphql/document.h"
#include "reeve/mlflow/graphql/schema.h"

namespace reeve::mlflow::graphql {

/// A field to answer with: found in the schema, fragments spread, what is asked for twice merged.
struct PlannedField {
  std::string response_name;
  /// Null for __typename.
  const OutputField* field = nullptr;
  /// The type it is a field of.
  const ObjectType* parent = nullptr;
  /// The name in the REST API's answer.
  std::string member = {};
  std::vector<PlannedField> children = {};
  /// Of a field at the root.
  const RootField* root = nullptr;
  /// The value of its argument as JSON; nothing when there is none.
  std::optional<std::string> argument = {};
};

struct Plan {
  const Root* root = nullptr;
  std::vector<PlannedField> fields;
};

struct PlanOptions {
  /// Which operation; empty: the only one.
  std::string operation;
  /// An object, or null.
  const Json& variables;
};

/// Chooses the operation and checks it against the schema. Fails with kInvalidArgument in GraphQL's
/// words, at the first mistake. REQUIRES: the document has passed CheckLimits. What it points to is
/// the schema's.
Result<Plan> MakePlan(const Document& document, const PlanOptions& options);

}  // namespace reeve::mlflow::graphql
