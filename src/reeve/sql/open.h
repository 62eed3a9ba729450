#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reeve/sql/database.h"

namespace reeve::sql {

/// "sqlite:///relative.db", "sqlite:////absolute.db",
/// "postgresql://USER:PASSWORD@HOST:PORT/DATABASE" (postgres/postgres_url.h has all spellings); of
/// other kinds nothing is opened.
bool IsDatabaseUri(std::string_view uri);
/// The path of an SQLite URI; nothing for other kinds.
std::optional<std::string> SqlitePath(std::string_view uri);

/// Whether it is the URI of a PostgreSQL database, in any spelling.
bool IsPostgresUri(std::string_view uri);
/// "HOST:PORT/DATABASE" of a PostgreSQL URI, fit for messages. Fails as Open does for what is none;
/// messages hold nothing that could be a part of the password.
Result<std::string> PostgresDatabaseName(std::string_view uri);

/// Fails with kInvalidArgument for other kinds of URI, kUnavailable when the database cannot be
/// reached or is none, kIo when it cannot be written.
Result<std::unique_ptr<Database>> Open(const std::string& uri, const DatabaseOptions& options);

}  // namespace reeve::sql
