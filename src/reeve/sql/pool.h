#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "reeve/sql/database.h"

namespace reeve::sql {

/// Connections to one database for many threads: each borrows one for as long as its request lasts.
/// A new one is opened when all are out. Thread-safe.
class Pool {
 public:
  using Opener = std::function<Result<std::unique_ptr<Database>>()>;

  /// A connection on loan; with the right to write, the only such one of this process.
  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<Database> database, std::unique_lock<std::mutex> writing)
        : pool_(pool), database_(std::move(database)), writing_(std::move(writing)) {}
    ~Lease() {
      if (database_ != nullptr) pool_->Return(std::move(database_));
    }
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    /// The connection, for the thread that borrowed it.
    Database& operator*() const { return *database_; }
    Database* operator->() const { return database_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Database> database_;
    std::unique_lock<std::mutex> writing_;
  };

  /// `open` makes one more connection; called by any thread.
  explicit Pool(Opener open) : open_(std::move(open)) {}

  /// A connection to read with. Fails as `open` does.
  Result<Lease> Read();
  /// SQLite has one writer at a time: threads queue here, in turn, instead of polling the file's
  /// lock. A server settles that itself, by rows.
  Result<Lease> Write();

 private:
  /// An idle connection, or a new one.
  Result<std::unique_ptr<Database>> Take();
  void Return(std::unique_ptr<Database> database);

  Opener open_;
  std::mutex writing_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_;
};

}  // namespace reeve::sql
