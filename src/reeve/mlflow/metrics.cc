#include "reeve/mlflow/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "reeve/mlflow/logged_models.h"
#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

// A point as the tables hold it.
struct Stored {
  double value;
  std::int64_t timestamp;
  std::int64_t step;
  bool is_nan;
};

Stored ToStored(const Metric& metric) {
  return {.value = StoredMetricValue(metric.value),
          .timestamp = metric.timestamp,
          .step = metric.step,
          .is_nan = std::isnan(metric.value)};
}

bool IsLater(const Stored& a, const Stored& b) {
  return std::tie(a.step, a.timestamp, a.value) > std::tie(b.step, b.timestamp, b.value);
}

Status WriteHistory(sql::Database& database, const std::string& run_id,
                    const std::vector<Metric>& metrics) {
  std::vector<sql::Parameter> values;
  values.reserve(metrics.size() * 6);
  for (const Metric& metric : metrics) {
    const Stored stored = ToStored(metric);
    values.insert(values.end(), {metric.key, stored.value, stored.timestamp, run_id, stored.step,
                                 std::int64_t{stored.is_nan}});
  }
  return InsertRows(database,
                    {.into = "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)",
                     .columns = 6,
                     .behind = "ON CONFLICT DO NOTHING"},
                    values)
      .status();
}

Status WriteLatest(sql::Database& database, const std::string& run_id,
                   const std::vector<Metric>& metrics) {
  // In the order of the keys, so that writers of one run cannot wait for each other in a circle.
  std::map<std::string_view, Stored> latest;
  for (const Metric& metric : metrics) {
    const Stored stored = ToStored(metric);
    const auto [at, is_new] = latest.try_emplace(metric.key, stored);
    if (!is_new && IsLater(stored, at->second)) at->second = stored;
  }
  std::vector<sql::Parameter> values;
  values.reserve(latest.size() * 6);
  for (const auto& [key, stored] : latest) {
    values.insert(values.end(), {key, stored.value, stored.timestamp, stored.step,
                                 std::int64_t{stored.is_nan}, run_id});
  }
  return InsertRows(
             database,
             {.into = "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)",
              .columns = 6,
              .behind = "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value, "
                        "timestamp = excluded.timestamp, step = excluded.step, "
                        "is_nan = excluded.is_nan WHERE "
                        "(excluded.step, excluded.timestamp, excluded.value) > "
                        "(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)"},
             values)
      .status();
}

std::string Written(double value) {
  std::string text;
  JsonWriter(text).Real(value);
  return text;
}

Status LogMetric(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(Metric metric, ReadMetric(request, {}));
  const std::string run_id = request.Text("run_id");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database, run_id));
  REEVE_RETURN_IF_ERROR(ReadActiveRun(*database, run_id).status());
  REEVE_RETURN_IF_ERROR(WriteMetrics(*database, run_id, {std::move(metric)}));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

std::vector<Field> MetricFields() {
  using enum FieldType;
  return {{"key", kText, true},     {"value", kReal, true}, {"timestamp", kInteger, true},
          {"step", kInteger},       {"model_id", kText},    {"dataset_name", kText},
          {"dataset_digest", kText}};
}

Result<Metric> ReadMetric(const Request& fields, std::string_view path) {
  const auto named = [&](std::string_view name) {
    return path.empty() ? std::string(name) : std::string(path) + "." + std::string(name);
  };
  Metric metric = {.key = fields.Text("key"),
                   .value = fields.Real("value").value_or(0),
                   .timestamp = fields.Integer("timestamp").value_or(0),
                   .step = fields.Integer("step").value_or(0),
                   .model_id = fields.Text("model_id"),
                   .dataset_name = fields.Text("dataset_name"),
                   .dataset_digest = fields.Text("dataset_digest")};
  if (metric.dataset_name.empty() != metric.dataset_digest.empty()) {
    return Status::InvalidArgument(
        "Both dataset_name and dataset_digest must be provided if one is provided");
  }
  REEVE_RETURN_IF_ERROR(CheckKey(metric.key, named("name"), "Metric name"));
  if (metric.timestamp >= 0) return metric;
  return Status::InvalidArgument("Invalid value " + std::to_string(metric.timestamp) +
                                 " for parameter '" + named("timestamp") + "' supplied: metric '" +
                                 metric.key + "' (value=" + Written(metric.value) +
                                 "). Timestamp must be a nonnegative long (64-bit integer) ");
}

Status WriteMetrics(sql::Database& database, const std::string& run_id,
                    const std::vector<Metric>& metrics) {
  if (metrics.empty()) return Status::Ok();
  REEVE_RETURN_IF_ERROR(WriteHistory(database, run_id, metrics));
  REEVE_RETURN_IF_ERROR(WriteLatest(database, run_id, metrics));
  return WriteModelMetrics(database, run_id, metrics);
}

double StoredMetricValue(double value) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  return std::isnan(value) ? 0 : std::clamp(value, -kLargest, kLargest);
}

double MetricValue(const sql::Statement& row, int value_idx, int is_nan_idx) {
  return row.Integer(is_nan_idx) != 0 ? std::numeric_limits<double>::quiet_NaN()
                                      : row.Real(value_idx);
}

void WriteMetric(const Metric& metric, JsonWriter& writer) {
  writer.BeginObject();
  writer.Member("key", metric.key);
  writer.RealMember("value", metric.value);
  writer.IntegerMember("timestamp", metric.timestamp);
  writer.IntegerMember("step", metric.step);
  writer.EndObject();
}

std::vector<Endpoint> MetricEndpoints() {
  std::vector<Field> fields = {{"run_id", FieldType::kText, true}};
  for (const Field& field : MetricFields()) fields.push_back(field);
  return {{"POST", "/runs/log-metric", std::move(fields), LogMetric}};
}

}  // namespace reeve::mlflow
