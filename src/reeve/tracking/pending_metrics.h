#pragma once

#include <memory>
#include <span>
#include <string>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"
#include "reeve/sql/pool.h"
#include "reeve/tracking/metric_rows.h"

namespace reeve::tracking {

/// Points of metrics that were taken for a tracking database and wait to be written into it. MLflow
/// orders `metrics` by key: a batch touches as many pages as it has keys, and fifty batches written
/// at once touch hardly more. They wait in an SQLite file of their own, DATABASE-pending, in the
/// order in which they came.
///
/// A point leaves the file once the database has it, and to write it twice changes nothing: no
/// crash loses or doubles one, and several processes may add and settle at once. Thread-safe.
class PendingMetrics {
 public:
  /// The file beside `database_path`, made when it is not there with the same permissions. Fails as
  /// sql::Open does.
  static Result<std::unique_ptr<PendingMetrics>> Open(const std::string& database_path);

  /// Settles what waits beside a database that is opened for a while, perhaps left by a server that
  /// was killed. Makes no file. Fails where the caller may read the database but not write it.
  static Status SettleLeftovers(const std::string& database_path, sql::Database& database);

  /// All of the points or, on failure, none. What was added outlives this process; as with all
  /// relaxed commits, a machine that loses its power may lose the last ones. REQUIRES: their runs
  /// are there.
  Status Add(std::span<const MetricRow> rows);
  /// Whether a point waits, whichever process added it.
  Result<bool> Any();
  /// Writes what waits into the database, in one transaction. Points of runs that are gone go too.
  Status Settle(sql::Database& database);

 private:
  explicit PendingMetrics(const std::string& path);

  struct Points;
  Result<Points> Read();

  sql::Pool pool_;
};

}  // namespace reeve::tracking
