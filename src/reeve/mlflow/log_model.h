#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// runs/log-model, by which clients of MLflow 2 tell that a run made a model: kept in the tag
/// mlflow.log-model.history.
std::vector<Endpoint> LogModelEndpoints();

}  // namespace reeve::mlflow
