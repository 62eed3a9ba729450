#pragma once

#include <vector>

#include "reeve/mlflow/endpoint.h"

namespace reeve::mlflow {

/// metrics/get-history (one metric of one run, in pages), get-history-bulk (of several runs) and
/// get-history-bulk-interval (of several runs, thinned out for pictures).
std::vector<Endpoint> MetricHistoryEndpoints();

}  // namespace reeve::mlflow
