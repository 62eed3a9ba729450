#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// logged-models/search
std::vector<Endpoint> SearchLoggedModelsEndpoints();

}  // namespace reeve::mlflow
