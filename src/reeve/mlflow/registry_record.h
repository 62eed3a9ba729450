#pragma once

#include <string>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/sql/database.h"
#include "reeve/tracking/registry_event.h"

namespace reeve::mlflow {

/// Something that the caller does to a model, at this moment.
tracking::RegistryEvent EventNow(const Context& context, const Request& request,
                                 tracking::RegistryAction action, const std::string& model);

/// GET /reeve/registered-models/history.
std::vector<Endpoint> RegistryHistoryEndpoints();

}  // namespace reeve::mlflow
