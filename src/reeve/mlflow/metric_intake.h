#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>

#include "reeve/base/result.h"
#include "reeve/sql/pool.h"
#include "reeve/tracking/pending_metrics.h"

namespace reeve::mlflow {

/// Takes points of metrics for an SQLite database in a moment and writes them into it soon: when
/// some thousand have come together or a few milliseconds have passed, in one transaction. Whoever
/// reads metrics settles first, and so sees no difference. Thread-safe.
class MetricIntake {
 public:
  /// `pool` is of the database at `database_path` and outlives this. What an earlier process left
  /// is settled. Fails as PendingMetrics does.
  static Result<std::unique_ptr<MetricIntake>> Open(const std::string& database_path,
                                                    sql::Pool& pool);
  /// Settles.
  ~MetricIntake();

  /// The points are safe from the death of this process. When the database could not take what came
  /// before for long, this waits for it and fails as it does.
  Status Add(std::span<const tracking::MetricRow> rows);
  /// All points that were added before, by this process or another, are in the database then.
  /// REQUIRES: the thread has borrowed no connection for writing.
  Status Settle();

 private:
  MetricIntake(std::unique_ptr<tracking::PendingMetrics> pending, sql::Pool& pool)
      : pending_(std::move(pending)), pool_(pool) {}

  Status SettleNow();
  // The thread that settles.
  void Run();

  std::unique_ptr<tracking::PendingMetrics> pending_;
  sql::Pool& pool_;
  // One at a time: the second finds nothing left to do.
  std::mutex settling_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Points added and not known to be settled: another process may have done it.
  std::size_t waiting_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace reeve::mlflow
