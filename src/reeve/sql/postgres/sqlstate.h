#pragma once

#include <string>
#include <string_view>

#include "reeve/base/status.h"

namespace reeve::sql {

/// What a PostgreSQL server's error means here. `sqlstate` is its code of five letters (appendix A
/// of PostgreSQL's manual), empty when the failure is libpq's own, a connection that cannot be had,
/// say; `message` starts with the database's name.
Status StatusOfSqlState(std::string_view sqlstate, std::string message);

/// Whether the same transaction may succeed when it is run once more: it met another one.
bool IsConflict(std::string_view sqlstate);

/// Whether a prepared statement is not what it was: the tables have changed, or another program
/// between here and the server has forgotten it.
bool IsStaleStatement(std::string_view sqlstate);

}  // namespace reeve::sql
