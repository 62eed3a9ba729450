#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

using Param = std::pair<std::string, std::string>;

/// The parameter as it is kept, long values cut; kInvalidArgument for keys that MLflow refuses.
/// `path` says which of a list it is ("params[3]"), empty for one by itself.
Result<Param> CheckParam(std::string_view key, std::string_view value, std::string_view path);

/// A parameter that has another value already.
struct ParamConflict {
  std::string key;
  std::string old_value;
  std::string new_value;
};

/// Adds parameters, each key once, to a run. A parameter never changes: what is there with another
/// value is returned, and the caller rolls back. REQUIRES: in a transaction.
Result<std::vector<ParamConflict>> WriteParams(sql::Database& database, const std::string& run_id,
                                               const std::vector<Param>& params);

/// runs/log-parameter
std::vector<Endpoint> ParamEndpoints();

}  // namespace reeve::mlflow
