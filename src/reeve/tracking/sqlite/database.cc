#include "reeve/tracking/sqlite/database.h"

#include "reeve/base/text.h"

namespace reeve::tracking {
Result<bool> Statement::Step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->Failure();
}

std::string Statement::Text(int column_idx) const {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column_idx));
  return text == nullptr
             ? std::string()
             : std::string(text,
                           static_cast<std::size_t>(sqlite3_column_bytes(handle_, column_idx)));
}

Result<std::unique_ptr<Database>> Database::Open(const std::string& path,
                                                 const DatabaseOptions& options) {
  std::unique_ptr<Database> database(new Database(path));
  const int flags = SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(path.c_str(), &database->handle_, flags, nullptr) != SQLITE_OK)
    return database->Failure();
  sqlite3_busy_timeout(database->handle_, options.busy_ms);
  // As MLflow's own connections are set.
  REEVE_RETURN_IF_ERROR(
      database->RunScript("PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = true;"));
  // The first look at the file: it may be none of SQLite's.
  REEVE_RETURN_IF_ERROR(database->Run("SELECT count(*) FROM sqlite_master"));
  return database;
}

Result<bool> Database::HasTable(std::string_view name) {
  REEVE_ASSIGN_OR_RETURN(
      Statement row,
      Prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name));
  return row.Step();
}

Status Database::RunScript(const char* sql) {
  return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? Status::Ok()
                                                                            : Failure();
}

Status Database::Failure() const {
  const std::string message = "tracking store " + Quote(path_, 400) + ": " +
                              (handle_ != nullptr ? sqlite3_errmsg(handle_) : "no memory");
  switch (handle_ != nullptr ? sqlite3_errcode(handle_) : SQLITE_NOMEM) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Status::Unavailable(message + " by another process that does not let go")
          .WithFix("end that process, or wait for it");
    case SQLITE_NOTADB:
      return Status::Unavailable(message).WithFix(
          "name another file with --tracking-uri sqlite:///mlflow.db");
    case SQLITE_FULL:
      return Status::Io(message + ": no space is left on its disk")
          .WithFix("free space on that disk, then run it again");
    case SQLITE_READONLY:
      return Status::Io(message);
    case SQLITE_CORRUPT:
      return Status::Corrupt(message).WithFix(
          "restore the file from a backup, or save what can be read: sqlite3 FILE .recover");
    case SQLITE_IOERR:
      return Status::Io(message + " (disk I/O, perhaps no space is left)");
    default:
      return Status::Unavailable(message);
  }
}

Result<Transaction> Transaction::Begin(Database& database) {
  REEVE_RETURN_IF_ERROR(database.RunScript("BEGIN IMMEDIATE"));
  return Transaction(&database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->RunScript("ROLLBACK");
}

Status Transaction::Commit() {
  Status status = database_->RunScript("COMMIT");
  if (status.ok()) database_ = nullptr;
  return status;
}

}  // namespace reeve::tracking
