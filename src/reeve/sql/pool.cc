#include "reeve/sql/pool.h"

namespace reeve::sql {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsBetween(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

}  // namespace

Result<Pool::Lease> Pool::Lend(LeaseKind kind) {
  const Clock::time_point start = observer_ == nullptr ? Clock::time_point() : Clock::now();
  Lease lease;
  REEVE_ASSIGN_OR_RETURN(lease.database_, Take());
  lease.pool_ = this;
  lease.kind_ = kind;
  if (kind == LeaseKind::kWrite && lease->dialect() == Dialect::kSqlite)
    lease.writing_ = std::unique_lock(writing_);
  if (observer_ != nullptr) {
    lease.since_ = Clock::now();
    observer_->OnLease(kind, SecondsBetween(start, lease.since_));
  }
  return lease;
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
  Result<std::unique_ptr<Database>> database = open_();
  if (!database.ok() && observer_ != nullptr) observer_->OnFailure();
  return database;
}

void Pool::Return(std::unique_ptr<Database> database, LeaseKind kind, Clock::time_point since) {
  if (observer_ != nullptr) observer_->OnReturn(kind, SecondsBetween(since, Clock::now()));
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(database));
}

}  // namespace reeve::sql
