#include "reeve/sql/postgres/sqlstate.h"

#include <utility>

namespace reeve::sql {
namespace {

Status OfPermission(std::string_view sqlstate, std::string message) {
  if (sqlstate.starts_with("28")) {
    return Status::Unavailable(std::move(message))
        .WithFix("check user and password of the URL, PGPASSWORD or ~/.pgpass");
  }
  if (sqlstate == "3D000") {
    return Status::Unavailable(std::move(message))
        .WithFix("make the database: createdb -h HOST -U USER DATABASE");
  }
  if (sqlstate == "3F000")
    return Status::Unavailable(std::move(message) + ": none of search_path is there");
  return Status::Io(std::move(message))
      .WithFix("let an administrator GRANT the user what is missing, or name another user");
}

Status OfResource(std::string_view sqlstate, std::string message) {
  if (sqlstate == "53100") {
    return Status::Io(std::move(message))
        .WithFix("free space on the disk of the server, then run it again");
  }
  if (sqlstate == "53300") {
    return Status::Unavailable(std::move(message))
        .WithFix("end other programs' connections, or raise max_connections of the server");
  }
  return Status::Unavailable(std::move(message));
}

}  // namespace

Status StatusOfSqlState(std::string_view sqlstate, std::string message) {
  // A key that is taken, or the name of a table.
  if (sqlstate.starts_with("23") || sqlstate == "42P07" || sqlstate == "42710")
    return Status::AlreadyExists(std::move(message));
  // Values that the tables cannot hold: too long, too large, with a byte 0.
  if (sqlstate.starts_with("22")) return Status::InvalidArgument(std::move(message));
  if (sqlstate.starts_with("28") || sqlstate == "3D000" || sqlstate == "3F000" ||
      sqlstate == "42501")
    return OfPermission(sqlstate, std::move(message));
  if (sqlstate.starts_with("53")) return OfResource(sqlstate, std::move(message));
  if (sqlstate == "55P03") {
    return Status::Unavailable(std::move(message) + ": another process does not let go")
        .WithFix("end that process, or wait for it");
  }
  if (IsConflict(sqlstate)) {
    return Status::Unavailable(std::move(message) + ": another process changed the same")
        .WithFix("run it again");
  }
  if (sqlstate == "25006") {
    return Status::Io(std::move(message))
        .WithFix("name the primary server: a standby can only be read");
  }
  if (sqlstate == "58030" || sqlstate == "58P01") return Status::Io(std::move(message));
  if (sqlstate.starts_with("XX001") || sqlstate.starts_with("XX002"))
    return Status::Corrupt(std::move(message)).WithFix("restore the database from a backup");
  return Status::Unavailable(std::move(message));
}

bool IsConflict(std::string_view sqlstate) { return sqlstate == "40001" || sqlstate == "40P01"; }

bool IsStaleStatement(std::string_view sqlstate) {
  return sqlstate == "0A000" || sqlstate == "26000";
}

}  // namespace reeve::sql
