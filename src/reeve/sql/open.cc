#include "reeve/sql/open.h"

#include "reeve/base/text.h"
#include "reeve/sql/postgres/postgres_database.h"
#include "reeve/sql/postgres/postgres_url.h"
#include "reeve/sql/sqlite/sqlite_database.h"

namespace reeve::sql {

std::optional<std::string> SqlitePath(std::string_view uri) {
  constexpr std::string_view kSqlite = "sqlite:///";
  // SQLAlchemy, by which MLflow reads such a URI, takes what follows "?" for settings.
  const bool is_file = uri.starts_with(kSqlite) && uri.size() > kSqlite.size() &&
                       uri.find('?') == std::string::npos && !uri.ends_with(":memory:");
  if (!is_file) return std::nullopt;
  return std::string(uri.substr(kSqlite.size()));
}

bool IsPostgresUri(std::string_view uri) { return IsPostgresUrl(uri); }

Result<std::string> PostgresDatabaseName(std::string_view uri) {
  REEVE_ASSIGN_OR_RETURN(PostgresUrl url, ParsePostgresUrl(uri));
  return std::move(url.name);
}

bool IsDatabaseUri(std::string_view uri) {
  return SqlitePath(uri).has_value() || IsPostgresUrl(uri);
}

Result<std::unique_ptr<Database>> Open(const std::string& uri, const DatabaseOptions& options) {
  if (const auto path = SqlitePath(uri)) return OpenSqlite(*path, options);
  if (IsPostgresUrl(uri)) return OpenPostgres(uri, options);
  // What is not read may hold a password anywhere.
  return Status::InvalidArgument("database " + Quote(uri.substr(0, uri.find(':')) + ":…") +
                                 " is of an unknown kind, expected sqlite:///FILE or "
                                 "postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
}

}  // namespace reeve::sql
