#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::sql {

/// Where a PostgreSQL database is and who asks for it.
struct PostgresUrl {
  /// libpq's parameters, decoded, in the order in which they apply. What is missing comes from the
  /// environment (PGPASSWORD, PGSSLROOTCERT …) and ~/.pgpass, as with psql.
  std::vector<std::pair<std::string, std::string>> parameters;
  /// "db.internal:5432/mlflow": fit for messages, without user and password.
  std::string name;
};

/// Whether `url` starts with postgresql:// or postgres://, in any case, also with the driver that
/// SQLAlchemy is told ("postgresql+psycopg2://").
bool IsPostgresUrl(std::string_view url);

/// Reads postgresql://USER:PASSWORD@HOST:PORT/DATABASE?KEY=VALUE&…. Every part may be missing,
/// several hosts stand between commas, [IPV6] between brackets, bytes may be %XX, and the keys are
/// libpq's (sslmode, connect_timeout, host of a socket's folder, …). Fails with kInvalidArgument;
/// messages hold nothing that could be a part of the password.
Result<PostgresUrl> ParsePostgresUrl(std::string_view url);

}  // namespace reeve::sql
