#pragma once

#include <memory>
#include <string>

#include "reeve/sql/database.h"

namespace reeve::sql {

/// Connects to the database of a URL (postgres_url.h).
///
/// Differences from SQLite that SQL for both has to mind: after a statement has failed in a
/// transaction all further ones fail until it is rolled back; texts longer than their column fail;
/// an order of texts is the database's unless COLLATE says otherwise; the syntax of a statement is
/// checked by the first Step.
///
/// What other programs write at the same time may meet a transaction: that fails with kUnavailable.
///
/// Rows come as they are read, and do not fill the memory, unless the next statement starts before
/// the last row: then the rest waits in memory. A connection that the server has ended is made anew
/// once, outside a transaction, when nothing was sent that may have been done; in a transaction it
/// fails with kUnavailable.
Result<std::unique_ptr<Database>> OpenPostgres(const std::string& url,
                                               const DatabaseOptions& options);

}  // namespace reeve::sql
