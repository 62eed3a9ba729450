#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "reeve/sql/database.h"
#include "reeve/sql/pool_observer.h"

namespace reeve::sql {

/// Connections to one database for many threads: each borrows one for as long as its request lasts.
/// A new one is opened when all are out. Thread-safe.
class Pool {
 public:
  using Opener = std::function<Result<std::unique_ptr<Database>>()>;

  /// A connection on loan; with the right to write, the only such one of this process.
  class Lease {
   public:
    ~Lease() {
      if (database_ != nullptr) pool_->Return(std::move(database_), kind_, since_);
    }
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    /// The connection, for the thread that borrowed it.
    Database& operator*() const { return *database_; }
    Database* operator->() const { return database_.get(); }

   private:
    friend class Pool;
    Lease() = default;

    Pool* pool_ = nullptr;
    LeaseKind kind_ = LeaseKind::kRead;
    std::chrono::steady_clock::time_point since_;  // For the observer alone.
    std::unique_ptr<Database> database_;
    std::unique_lock<std::mutex> writing_;
  };

  /// `open` makes one more connection; called by any thread. `observer` outlives the pool; null:
  /// nobody is told.
  explicit Pool(Opener open, PoolObserver* observer = nullptr)
      : open_(std::move(open)), observer_(observer) {}

  /// A connection to read with. Fails as `open` does.
  Result<Lease> Read() { return Lend(LeaseKind::kRead); }
  /// SQLite has one writer at a time: threads queue here, in turn, instead of polling the file's
  /// lock. A server settles that itself, by rows.
  Result<Lease> Write() { return Lend(LeaseKind::kWrite); }

 private:
  Result<Lease> Lend(LeaseKind kind);
  /// An idle connection, or a new one.
  Result<std::unique_ptr<Database>> Take();
  void Return(std::unique_ptr<Database> database, LeaseKind kind,
              std::chrono::steady_clock::time_point since);

  Opener open_;
  PoolObserver* const observer_;
  std::mutex writing_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_;
};

}  // namespace reeve::sql
