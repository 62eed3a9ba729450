#pragma once

#include <string>
#include <vector>

#include "reeve/mlflow/graphql/plan.h"
#include "reeve/mlflow/graphql/run_surroundings.h"

namespace reeve::mlflow::graphql {

/// Calls the endpoints of a plan and appends {"run":…}, with the fields that were asked for. A
/// field at the root that fails is null, and `errors` says why.
void Execute(const Plan& plan, const CallEndpoint& call, std::string& answer,
             std::vector<std::string>& errors);

}  // namespace reeve::mlflow::graphql
