// What other tables hold of logged models.

#include <map>
#include <unordered_map>

#include "reeve/mlflow/logged_models.h"
#include "reeve/sql/many_rows.h"
#include "reeve/tracking/metric_rows.h"

namespace reeve::mlflow {
namespace {

using ModelsById = std::unordered_map<std::string_view, LoggedModel*>;

Metric MetricFromRow(const sql::Statement& row) {
  return {.key = row.Text(1),
          .value = row.Real(2),
          .timestamp = row.Integer(3),
          .step = row.Integer(4),
          .model_id = row.Text(0),
          .dataset_name = row.Text(6),
          .dataset_digest = row.Text(7)};
}

Result<std::string> DatasetId(sql::Database& database, std::int64_t experiment_id,
                              const Metric& metric) {
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare(
          "SELECT dataset_uuid FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?",
          experiment_id, metric.dataset_name, metric.dataset_digest));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found ? row.Text(0) : std::string();
}

sql::Parameter TextOrNull(const std::string& text) {
  return text.empty() ? sql::Parameter(nullptr) : sql::Parameter(std::string_view(text));
}

}  // namespace

Status ReadLoggedModelData(sql::Database& database, std::span<LoggedModel> models) {
  ModelsById by_id;
  std::vector<sql::Parameter> keys;
  for (LoggedModel& model : models) {
    by_id.emplace(model.id, &model);
    keys.emplace_back(std::string_view(model.id));
  }
  const auto read = [&](std::string_view select, auto&& put) {
    return SelectForKeys(database, {.select = select}, keys, [&](const sql::Statement& row) {
      if (const auto found = by_id.find(row.View(0)); found != by_id.end())
        put(*found->second, row);
      return Status::Ok();
    });
  };
  REEVE_RETURN_IF_ERROR(
      read("SELECT model_id, param_key, param_value FROM logged_model_params WHERE model_id IN",
           [](LoggedModel& model, const sql::Statement& row) {
             model.params.emplace_back(row.Text(1), row.Text(2));
           }));
  REEVE_RETURN_IF_ERROR(
      read("SELECT model_id, tag_key, tag_value FROM logged_model_tags WHERE model_id IN",
           [](LoggedModel& model, const sql::Statement& row) {
             model.tags.emplace_back(row.Text(1), row.Text(2));
           }));
  return read(
      "SELECT model_id, metric_name, metric_value, metric_timestamp_ms, metric_step, run_id, "
      "dataset_name, dataset_digest FROM logged_model_metrics WHERE model_id IN",
      [](LoggedModel& model, const sql::Statement& row) {
        model.metrics.push_back({.metric = MetricFromRow(row), .run_id = row.Text(5)});
      });
}

Status WriteLoggedModelTags(sql::Database& database, const LoggedModel& model,
                            const std::vector<std::pair<std::string, std::string>>& tags) {
  std::map<std::string_view, std::string_view> last;
  for (const auto& [key, value] : tags) last.insert_or_assign(key, value);
  std::vector<sql::Parameter> values;
  for (const auto& [key, value] : last) {
    values.insert(values.end(), {std::string_view(model.id), model.experiment_id, key, value});
  }
  return InsertRows(
             database,
             {.into = "INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value)",
              .columns = 4,
              .behind = "ON CONFLICT (model_id, tag_key) DO UPDATE SET tag_value = "
                        "excluded.tag_value"},
             values)
      .status();
}

Status WriteModelMetrics(sql::Database& database, const std::string& run_id,
                         std::span<const Metric> metrics) {
  std::map<std::string, LoggedModel> models;
  std::map<std::pair<std::string, std::string>, std::string> datasets;
  std::vector<sql::Parameter> values;
  for (const Metric& metric : metrics) {
    if (metric.model_id.empty()) continue;
    auto model = models.find(metric.model_id);
    if (model == models.end()) {
      REEVE_ASSIGN_OR_RETURN(LoggedModel read, ReadLoggedModel(database, metric.model_id));
      model = models.emplace(metric.model_id, std::move(read)).first;
    }
    auto [dataset, is_new] =
        datasets.try_emplace({metric.dataset_name, metric.dataset_digest}, std::string());
    if (is_new && !metric.dataset_name.empty()) {
      REEVE_ASSIGN_OR_RETURN(dataset->second,
                             DatasetId(database, model->second.experiment_id, metric));
    }
    values.insert(
        values.end(),
        {std::string_view(metric.model_id), std::string_view(metric.key), metric.timestamp,
         metric.step, tracking::StoredMetricValue(metric.value), model->second.experiment_id,
         std::string_view(run_id), TextOrNull(dataset->second), TextOrNull(metric.dataset_name),
         TextOrNull(metric.dataset_digest)});
  }
  if (values.empty()) return Status::Ok();
  return InsertRows(
             database,
             {.into = "INSERT INTO logged_model_metrics (model_id, metric_name, "
                      "metric_timestamp_ms, metric_step, metric_value, experiment_id, run_id, "
                      "dataset_uuid, dataset_name, dataset_digest)",
              .columns = 10,
              .behind = "ON CONFLICT DO NOTHING"},
             values)
      .status();
}

}  // namespace reeve::mlflow
