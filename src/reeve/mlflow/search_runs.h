#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// runs/search
std::vector<Endpoint> SearchRunsEndpoints();

}  // namespace reeve::mlflow
