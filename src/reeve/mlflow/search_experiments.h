#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// experiments/search, by POST and GET.
std::vector<Endpoint> SearchExperimentsEndpoints();

}  // namespace reeve::mlflow
