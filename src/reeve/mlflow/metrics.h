#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/mlflow/endpoint.h"
#include "reeve/mlflow/json_writer.h"
#include "reeve/sql/database.h"

namespace reeve::mlflow {

/// One point of a metric of a run.
struct Metric {
  std::string key;
  /// May be NaN. Infinities are kept as the largest doubles, as the table wants it.
  double value = 0;
  /// Milliseconds since 1970, not negative.
  std::int64_t timestamp = 0;
  std::int64_t step = 0;
  /// The logged model that was measured; empty: none.
  std::string model_id = {};
  /// The data it was measured on: both or none.
  std::string dataset_name = {};
  std::string dataset_digest = {};
};

/// The fields of a metric in a request.
std::vector<Field> MetricFields();

/// From fields that were checked; kInvalidArgument for keys and times that MLflow refuses. `path`
/// says which of a list it is ("metrics[3]"), empty for one by itself.
Result<Metric> ReadMetric(const Request& fields, std::string_view path);

/// Takes points for an active run, all or none. Those that wait for the database (MetricIntake) are
/// acknowledged before it has them; no reader sees a difference.
Status LogMetrics(const Context& context, const std::string& run_id,
                  const std::vector<Metric>& metrics);

/// Writes points as tracking::WriteMetricRows does. What names a model is written to that as well.
/// REQUIRES: in a transaction, after SettleMetrics.
Status WriteMetrics(sql::Database& database, const std::string& run_id,
                    const std::vector<Metric>& metrics);

/// The value in columns (value, is_nan).
double MetricValue(const sql::Statement& row, int value_idx, int is_nan_idx);

/// {"key":…,"value":…,"timestamp":…,"step":…}
void WriteMetric(const Metric& metric, JsonWriter& writer);

/// Brings points that wait into the database: of equal ones the first stays the latest. REQUIRES:
/// no connection borrowed for writing.
Status SettleMetrics(const Context& context);

std::vector<Endpoint> MetricEndpoints();

}  // namespace reeve::mlflow
