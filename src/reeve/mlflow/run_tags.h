#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

using RunTag = std::pair<std::string, std::string>;

/// The tag that is the run's name as well.
inline constexpr const char* kRunNameTag = "mlflow.runName";

/// The tag as it is kept, long values cut; kInvalidArgument for keys that MLflow refuses. `path`
/// says which of a list it is ("tags[3]"), empty for one by itself.
Result<RunTag> CheckRunTag(std::string_view key, std::string_view value, std::string_view path);

/// Sets tags of a run; of a key that comes twice the last holds. The tag mlflow.runName also names
/// the run, unless it is empty, which changes nothing. REQUIRES: in a transaction.
Status WriteRunTags(sql::Database& database, const std::string& run_id,
                    const std::vector<RunTag>& tags);

/// set-tag, delete-tag.
std::vector<Endpoint> RunTagEndpoints();

}  // namespace reeve::mlflow
