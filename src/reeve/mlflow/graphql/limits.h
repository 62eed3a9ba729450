#pragma once

#include "reeve/base/status.h"
#include "reeve/mlflow/graphql/document.h"

namespace reeve::mlflow::graphql {

/// Refuses, with kInvalidArgument in MLflow's words, documents whose answers could be huge: deeper
/// than 10, of more than 1000 selections, 10 fields at the root or 10 aliases at one place; each
/// counted with its fragments spread, in every operation. What is passed costs no more than that
/// to go through, fragments and all.
Status CheckLimits(const Document& document);

}  // namespace reeve::mlflow::graphql
