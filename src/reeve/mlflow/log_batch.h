#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// runs/log-batch: metrics, parameters and tags of a run, all of them or nothing.
std::vector<Endpoint> LogBatchEndpoints();

}  // namespace reeve::mlflow
