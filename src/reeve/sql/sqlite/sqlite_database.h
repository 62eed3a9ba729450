#pragma once

#include <memory>
#include <string>

#include "reeve/sql/database.h"

namespace reeve::sql {

/// Opens a file for reading and writing, set as MLflow sets its own connections: foreign keys are
/// checked, LIKE minds the case.
Result<std::unique_ptr<Database>> OpenSqlite(const std::string& path,
                                             const DatabaseOptions& options);

}  // namespace reeve::sql
