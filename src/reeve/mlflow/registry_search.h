#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// registered-models/search and model-versions/search.
std::vector<Endpoint> RegistrySearchEndpoints();

}  // namespace reeve::mlflow
