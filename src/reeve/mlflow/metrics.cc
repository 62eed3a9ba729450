#include "reeve/mlflow/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reeve/mlflow/logged_models.h"
#include "reeve/mlflow/metric_intake.h"
#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/validation.h"
#include "reeve/tracking/metric_rows.h"

namespace reeve::mlflow {
namespace {

std::string Written(double value) {
  std::string text;
  JsonWriter(text).Real(value);
  return text;
}

std::vector<tracking::MetricRow> RowsOf(std::string_view run_id,
                                        const std::vector<Metric>& metrics) {
  std::vector<tracking::MetricRow> rows;
  rows.reserve(metrics.size());
  for (const Metric& metric : metrics) {
    rows.push_back({.run_id = run_id,
                    .key = metric.key,
                    .value = tracking::StoredMetricValue(metric.value),
                    .timestamp = metric.timestamp,
                    .step = metric.step,
                    .is_nan = std::isnan(metric.value)});
  }
  return rows;
}

Status WriteAtOnce(const Context& context, const std::string& run_id,
                   const std::vector<Metric>& metrics) {
  REEVE_RETURN_IF_ERROR(SettleMetrics(context));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database, run_id));
  REEVE_RETURN_IF_ERROR(ReadActiveRun(*database, run_id).status());
  REEVE_RETURN_IF_ERROR(WriteMetrics(*database, run_id, metrics));
  return transaction.Commit();
}

Status CheckIsActive(const Context& context, const std::string& run_id) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  return ReadActiveRun(*database, run_id).status();
}

Status LogMetric(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(Metric metric, ReadMetric(request, {}));
  REEVE_RETURN_IF_ERROR(LogMetrics(context, request.Text("run_id"), {std::move(metric)}));
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

Status LogMetrics(const Context& context, const std::string& run_id,
                  const std::vector<Metric>& metrics) {
  // A model that is not there is the caller's mistake, to be told at once.
  const bool names_model = std::any_of(metrics.begin(), metrics.end(),
                                       [](const Metric& m) { return !m.model_id.empty(); });
  if (context.intake == nullptr || names_model) return WriteAtOnce(context, run_id, metrics);
  REEVE_RETURN_IF_ERROR(CheckIsActive(context, run_id));
  return context.intake->Add(RowsOf(run_id, metrics));
}

Status SettleMetrics(const Context& context) {
  return context.intake == nullptr ? Status::Ok() : context.intake->Settle();
}

Status WriteMetrics(sql::Database& database, const std::string& run_id,
                    const std::vector<Metric>& metrics) {
  if (metrics.empty()) return Status::Ok();
  REEVE_RETURN_IF_ERROR(tracking::WriteMetricRows(database, RowsOf(run_id, metrics)));
  return WriteModelMetrics(database, run_id, metrics);
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
