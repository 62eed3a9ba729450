#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"

namespace reeve::tracking {

/// Opens a database in MLflow's schema. One that is new gets the tables of kSchemaRevision; one
/// that MLflow made or upgraded is used as it is, whatever its revision. Fails with kNotFound when
/// it is not there and must not be made, kUnavailable when its tables are another program's.
Result<std::unique_ptr<sql::Database>> OpenTrackingDatabase(const std::string& uri,
                                                            const sql::DatabaseOptions& options);

/// Experiment 0, "Default", which MLflow's clients take for granted.
Status EnsureDefaultExperiment(sql::Database& database, const std::string& artifact_location,
                               std::int64_t now_ms);

/// Whether the schema is new enough for logged models: MLflow 2's is not.
Status CheckHasLoggedModels(sql::Database& database);

}  // namespace reeve::tracking
