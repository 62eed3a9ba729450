#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// model-versions/…, without searches.
std::vector<Endpoint> ModelVersionEndpoints();

}  // namespace reeve::mlflow
