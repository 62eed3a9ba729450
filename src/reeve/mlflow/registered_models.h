#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// registered-models/…, without searches and aliases.
std::vector<Endpoint> RegisteredModelEndpoints();

}  // namespace reeve::mlflow
