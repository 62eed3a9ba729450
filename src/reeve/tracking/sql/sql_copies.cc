// What copying from one store to another needs beyond what a training does.

#include <cmath>
#include <limits>

#include "reeve/base/text.h"
#include "reeve/sql/each_row.h"
#include "reeve/tracking/names.h"
#include "reeve/tracking/registry_log.h"
#include "reeve/tracking/sql/model_status.h"
#include "reeve/tracking/sql/sql_store.h"

namespace reeve::tracking {
namespace {

using Lock = std::lock_guard<std::mutex>;

}  // namespace

Status SqlStore::SetExperimentTags(const std::string& experiment_id, const Tags& tags) {
  const Lock lock(mutex_);
  for (const auto& [key, value] : tags) {
    REEVE_RETURN_IF_ERROR(database_->Run(
        "INSERT INTO experiment_tags (key, value, experiment_id) VALUES (?, ?, CAST(? AS INTEGER)) "
        "ON CONFLICT (key, experiment_id) DO UPDATE SET value = excluded.value",
        key, value, experiment_id));
  }
  return Status::Ok();
}

Status SqlStore::FillLoggedModel(LoggedModel& model) {
  const auto read = [&](const char* sql, auto put) {
    return sql::ForEachRow(database_->Prepare(sql, model.id), put);
  };
  REEVE_RETURN_IF_ERROR(
      read("SELECT param_key, param_value FROM logged_model_params WHERE model_id = ?",
           [&](const sql::Statement& row) { model.params[row.Text(0)] = row.Text(1); }));
  REEVE_RETURN_IF_ERROR(
      read("SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ?",
           [&](const sql::Statement& row) { model.tags[row.Text(0)] = row.Text(1); }));
  return read(
      "SELECT metric_name, metric_value, metric_timestamp_ms, metric_step, run_id, dataset_name, "
      "dataset_digest FROM logged_model_metrics WHERE model_id = ? ORDER BY metric_name, "
      "metric_step, metric_timestamp_ms",
      [&](const sql::Statement& row) {
        const double value = row.IsNull(1) ? std::numeric_limits<double>::quiet_NaN() : row.Real(1);
        model.metrics.push_back({.point = {row.Text(0), value, row.Integer(2), row.Integer(3)},
                                 .run_id = row.Text(4),
                                 .dataset_name = row.Text(5),
                                 .dataset_digest = row.Text(6)});
      });
}

Result<std::vector<LoggedModel>> SqlStore::ListLoggedModels(const std::string& experiment_id) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(const bool there, database_->HasTable("logged_models"));
  if (!there) return std::vector<LoggedModel>();  // MLflow 2 knows none
  const auto model_of = [](const sql::Statement& row) {
    return LoggedModel{.id = row.Text(0),
                       .name = row.Text(1),
                       .artifact_location = row.Text(2),
                       .source_run_id = row.Text(3),
                       .model_type = row.Text(4),
                       .created_ms = row.Integer(5)};
  };
  REEVE_ASSIGN_OR_RETURN(
      std::vector<LoggedModel> models,
      sql::ReadRows(
          database_->Prepare("SELECT model_id, name, artifact_location, source_run_id, model_type, "
                             "creation_timestamp_ms FROM logged_models WHERE experiment_id = "
                             "CAST(? AS INTEGER) AND lifecycle_stage = 'active' AND status = ? "
                             "ORDER BY creation_timestamp_ms, model_id",
                             experiment_id, kModelReady),
          model_of));
  for (LoggedModel& model : models) REEVE_RETURN_IF_ERROR(FillLoggedModel(model));
  return models;
}

Status SqlStore::LogModelMetrics(const LoggedModel& model,
                                 const std::vector<ModelMetric>& metrics) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  for (const ModelMetric& metric : metrics) {
    const auto optional = [](const std::string& text) {
      return text.empty() ? std::nullopt : std::optional(text);
    };
    const std::optional<double> value =
        std::isnan(metric.point.value) ? std::nullopt : std::optional(metric.point.value);
    REEVE_RETURN_IF_ERROR(database_->Run(
        "INSERT INTO logged_model_metrics (model_id, metric_name, metric_timestamp_ms, "
        "metric_step, metric_value, experiment_id, run_id, dataset_uuid, dataset_name, "
        "dataset_digest) SELECT m.model_id, ?1, CAST(?2 AS BIGINT), CAST(?3 AS BIGINT), "
        "CAST(?4 AS DOUBLE PRECISION), m.experiment_id, ?5, (SELECT d.dataset_uuid FROM datasets d "
        "WHERE d.experiment_id = m.experiment_id AND d.name = ?6 "
        "AND d.digest = ?7), ?6, ?7 FROM logged_models m WHERE m.model_id = ?8 "
        "ON CONFLICT DO NOTHING",
        metric.point.key, metric.point.timestamp_ms, metric.point.step, value, metric.run_id,
        optional(metric.dataset_name), optional(metric.dataset_digest), model.id));
  }
  return transaction.Commit();
}

Status SqlStore::FinishLoggedModel(const std::string& model_id) {
  const Lock lock(mutex_);
  return database_->Run(
      "UPDATE logged_models SET status = ?, last_updated_timestamp_ms = ? WHERE model_id = ?",
      kModelReady, clock_->NowMs(), model_id);
}

Status SqlStore::WriteLoggedModelTags(const std::string& model_id, const Tags& tags) {
  for (const auto& [key, value] : tags) {
    REEVE_RETURN_IF_ERROR(database_->Run(
        "INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value) "
        "SELECT model_id, experiment_id, ?, ? FROM logged_models WHERE model_id = ? "
        "ON CONFLICT (model_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value",
        key, value, model_id));
  }
  return Status::Ok();
}

Status SqlStore::SetLoggedModelTags(const std::string& model_id, const Tags& tags) {
  const Lock lock(mutex_);
  return WriteLoggedModelTags(model_id, tags);
}

Status SqlStore::CreateModel(const std::string& name, const std::string& description,
                             const Tags& tags) {
  REEVE_RETURN_IF_ERROR(CheckModelName(name));
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  if (CheckModel(name).ok())
    return Status::AlreadyExists("registered model " + Quote(name) + " already exists");
  REEVE_RETURN_IF_ERROR(
      database_->Run("INSERT INTO registered_models (name, creation_time, last_updated_time, "
                     "description) VALUES (?, ?, ?, ?)",
                     name, clock_->NowMs(), clock_->NowMs(), description));
  for (const auto& [key, value] : tags) {
    REEVE_RETURN_IF_ERROR(database_->Run(
        "INSERT INTO registered_model_tags (key, value, name) VALUES (?, ?, ?)", key, value, name));
  }
  REEVE_RETURN_IF_ERROR(
      AppendRegistryEvents(*database_, {EventNow(*clock_, RegistryAction::kModelCreated, name)}));
  return transaction.Commit();
}

Status SqlStore::WriteVersionTags(const std::string& name, std::int64_t version, const Tags& tags) {
  for (const auto& [key, value] : tags) {
    REEVE_RETURN_IF_ERROR(database_->Run(
        "INSERT INTO model_version_tags (key, value, name, version) VALUES (?, ?, ?, ?)", key,
        value, name, version));
  }
  return Status::Ok();
}

Result<ModelVersion> SqlStore::AddVersion(const NewVersion& request) {
  ModelVersion made{.name = request.name, .version = request.version};
  {
    const Lock lock(mutex_);
    REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
    REEVE_RETURN_IF_ERROR(CheckModel(request.name));
    // A number that was ever used is not used again.
    REEVE_ASSIGN_OR_RETURN(
        sql::Statement taken,
        database_->Prepare("SELECT max(version), max(CASE WHEN version = ?1 THEN 1 ELSE 0 END) "
                           "FROM model_versions WHERE name = ?2",
                           request.version, request.name));
    REEVE_RETURN_IF_ERROR(taken.Step().status());
    if (request.version < 1 || taken.Integer(1) != 0) made.version = taken.Integer(0) + 1;
    const std::int64_t now = clock_->NowMs();
    REEVE_RETURN_IF_ERROR(database_->Run(
        "INSERT INTO model_versions (name, version, creation_time, last_updated_time, "
        "description, current_stage, source, run_id, status, storage_location) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'READY', ?)",
        request.name, made.version, request.created_ms > 0 ? request.created_ms : now, now,
        request.description, request.stage, request.source, request.run_id,
        request.storage_location));
    REEVE_RETURN_IF_ERROR(WriteVersionTags(request.name, made.version, request.tags));
    if (!request.model_id.empty())
      REEVE_RETURN_IF_ERROR(NoteVersionOnModel(request.model_id, request.name, made.version));
    RegistryEvent event = EventNow(*clock_, RegistryAction::kVersionCreated, request.name);
    event.version = made.version;
    std::vector<RegistryEvent> events = {event};
    if (request.stage != "None") {
      event.action = RegistryAction::kStageChanged;
      event.from = "None";
      event.to = request.stage;
      events.push_back(event);
    }
    REEVE_RETURN_IF_ERROR(AppendRegistryEvents(*database_, events));
    REEVE_RETURN_IF_ERROR(transaction.Commit());
  }
  return GetVersion(request.name, made.version);
}

}  // namespace reeve::tracking
