#include "reeve/sql/pool.h"

namespace reeve::sql {

Result<Pool::Lease> Pool::Read() {
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Take());
  return Lease(this, std::move(database), {});
}

Result<Pool::Lease> Pool::Write() {
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Take());
  std::unique_lock<std::mutex> writing;
  if (database->dialect() == Dialect::kSqlite) writing = std::unique_lock(writing_);
  return Lease(this, std::move(database), std::move(writing));
}

Result<std::unique_ptr<Database>> Pool::Take() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Database> database = std::move(idle_.back());
      idle_.pop_back();
      return database;
    }
  }
  return open_();
}

void Pool::Return(std::unique_ptr<Database> database) {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(database));
}

}  // namespace reeve::sql
