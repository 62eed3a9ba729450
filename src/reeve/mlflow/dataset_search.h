#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// experiments/search-datasets: what tables the runs of experiments read, each with the contexts it
/// was read in.
std::vector<Endpoint> DatasetSearchEndpoints();

}  // namespace reeve::mlflow
