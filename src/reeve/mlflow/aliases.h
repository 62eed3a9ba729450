#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/mlflow/model_version.h"
#include "reeve/tracking/registry_event.h"

namespace reeve::mlflow {

/// The version that an alias of a model points to; "latest" is the newest. kNotFound or, for a name
/// that is no alias of it, kInvalidArgument, as MLflow has it.
Result<ModelVersion> ReadVersionByAlias(sql::Database& database, const std::string& name,
                                        const std::string& alias);

/// Deletes the aliases of `deleted.model` that point to `deleted.version`, or all for version 0;
/// recorded as done by and at the same as `deleted`. REQUIRES: a transaction.
Status DeleteAliases(sql::Database& database, const tracking::RegistryEvent& deleted);

/// registered-models/alias.
std::vector<Endpoint> AliasEndpoints();

}  // namespace reeve::mlflow
