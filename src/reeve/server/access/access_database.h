#pragma once

#include <memory>
#include <string>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"

namespace reeve::server {

/// Opens the database of users, roles and grants in the schema of MLflow's basic-auth app, so that
/// one file serves both programs; one that is new gets its tables. Fails with kRequirementUnmet
/// when an older MLflow made it, whose grants lie elsewhere, else as sql::Open does.
Result<std::unique_ptr<sql::Database>> OpenAccessDatabase(const std::string& uri,
                                                          const sql::DatabaseOptions& options);

}  // namespace reeve::server
