#include "reeve/ingest/sqlite_database.h"

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

constexpr int kBusyMs = 20'000;

}  // namespace

std::string SqliteName(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path,
                                                             Access access) {
  std::unique_ptr<SqliteDatabase> opened(new SqliteDatabase(path));
  const int flags =
      access == Access::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(path.c_str(), &opened->database_, flags, nullptr) != SQLITE_OK) {
    return opened->Failed();
  }
  sqlite3_busy_timeout(opened->database_, kBusyMs);
  return opened;
}

SqliteDatabase::~SqliteDatabase() { sqlite3_close_v2(database_); }

Status SqliteDatabase::Run(const std::string& sql) {
  return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK ? Status::Ok()
                                                                                      : Failed();
}

Result<SqliteStatement> SqliteDatabase::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, sql.c_str(), static_cast<int>(sql.size()), &statement,
                         nullptr) != SQLITE_OK) {
    return Failed();
  }
  return SqliteStatement(statement);
}

Status SqliteDatabase::Failed() const {
  const std::string message =
      path_ + ": " + (database_ != nullptr ? sqlite3_errmsg(database_) : "no memory");
  switch (database_ != nullptr ? sqlite3_errcode(database_) : SQLITE_NOMEM) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Status::Unavailable(message + ", another process holds it")
          .WithFix("run it again when that is done");
    case SQLITE_ERROR:
      return Status::InvalidArgument(message);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return Status::InvalidData(message + ", expected an SQLite database");
    case SQLITE_FULL:
      return Status::Io(message).WithFix("free space on that disk, then run it again");
    default:
      return Status::Io(message);
  }
}

Result<std::vector<std::string>> SqliteDatabase::ColumnsOf(const std::string& table) {
  REEVE_ASSIGN_OR_RETURN(const SqliteStatement statement,
                         Prepare("PRAGMA main.table_info(" + SqliteName(table) + ")"));
  std::vector<std::string> names;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 1)));
  }
  if (code != SQLITE_DONE) return Failed();
  return names;
}

Result<std::vector<std::string>> SqliteDatabase::Tables() {
  REEVE_ASSIGN_OR_RETURN(const SqliteStatement statement,
                         Prepare("SELECT name FROM sqlite_master WHERE type IN ('table','view') "
                                 "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"));
  std::vector<std::string> names;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 0)));
  }
  if (code != SQLITE_DONE) return Failed();
  return names;
}

}  // namespace reeve::ingest
