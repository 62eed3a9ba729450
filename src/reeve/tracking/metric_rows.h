#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "reeve/base/result.h"
#include "reeve/sql/database.h"

namespace reeve::tracking {

/// A point of a metric as MLflow's tables hold it. Views its texts.
struct MetricRow {
  std::string_view run_id;
  std::string_view key;
  /// See StoredMetricValue.
  double value = 0;
  /// Milliseconds since 1970.
  std::int64_t timestamp = 0;
  std::int64_t step = 0;
  bool is_nan = false;
};

/// As tables keep it: NaN as 0, infinities as the largest doubles.
double StoredMetricValue(double value);

/// Adds points to the histories of their runs (those that are there already are left out) and keeps
/// the latest of each key: the one with the greatest (step, timestamp, value), the first of equal
/// ones. Written again, they change nothing. REQUIRES: in a transaction; the runs are there.
Status WriteMetricRows(sql::Database& database, std::span<const MetricRow> rows);

}  // namespace reeve::tracking
