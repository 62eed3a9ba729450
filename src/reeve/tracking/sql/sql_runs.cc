// Experiments, runs, parameters, metrics, tags and data sets.

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "reeve/base/id.h"
#include "reeve/base/nearest.h"
#include "reeve/base/text.h"
#include "reeve/sql/each_row.h"
#include "reeve/sql/many_rows.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/metric_rows.h"
#include "reeve/tracking/open_database.h"
#include "reeve/tracking/run_name.h"
#include "reeve/tracking/sql/sql_store.h"

// What ReadRuns reads, in its order.
#define REEVE_RUN_COLUMNS \
  "run_uuid, name, experiment_id, artifact_uri, user_id, status, start_time, end_time"

namespace reeve::tracking {
namespace {

using Lock = std::lock_guard<std::mutex>;

// MLflow's own limits; longer values are cut there too.
constexpr std::size_t kKeyBytes = 250;
constexpr std::size_t kParamBytes = 6000;
constexpr std::size_t kTagBytes = 8000;

std::string Cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;  // not inside a character
  return text.substr(0, end);
}

Status CheckKey(const std::string& key) {
  if (!key.empty() && key.size() <= kKeyBytes) return Status::Ok();
  return Status::InvalidArgument("key " + Quote(key) + " is empty or longer than 250 bytes");
}

}  // namespace

Result<Experiment> SqlStore::GetOrCreateExperiment(const std::string& name) {
  if (Trim(name).empty()) {
    return Status::InvalidArgument("name of an experiment is " + Quote(name) +
                                   ", expected one that is not blank");
  }
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  const auto find = [&]() -> Result<Experiment> {
    REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                           database_->Prepare("SELECT experiment_id, name, artifact_location, "
                                              "lifecycle_stage FROM experiments WHERE name = ?",
                                              name));
    REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
    if (!found) return Status::NotFound("");
    if (row.Text(3) == "deleted")
      return Status::InvalidArgument("experiment " + Quote(name) +
                                     " is deleted, expected an active one");
    return Experiment{.id = row.Text(0), .name = row.Text(1), .artifact_location = row.Text(2)};
  };
  Result<Experiment> experiment = find();
  if (experiment.ok() || experiment.status().code() != StatusCode::kNotFound) return experiment;
  REEVE_RETURN_IF_ERROR(
      database_->Run("INSERT INTO experiments (name, lifecycle_stage, creation_time, "
                     "last_update_time) VALUES (?, 'active', ?, ?)",
                     name, clock_->NowMs(), clock_->NowMs()));
  REEVE_ASSIGN_OR_RETURN(Experiment made, find());
  made.artifact_location = FileUri(folder_ + "/mlruns/" + made.id);
  REEVE_RETURN_IF_ERROR(database_->Run(
      "UPDATE experiments SET artifact_location = ? WHERE experiment_id = CAST(? AS INTEGER)",
      made.artifact_location, made.id));
  REEVE_RETURN_IF_ERROR(
      database_->Run("INSERT INTO experiment_tags (key, value, experiment_id) VALUES "
                     "('mlflow.experimentKind', 'custom_model_development', CAST(? AS INTEGER))",
                     made.id));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return made;
}

Result<std::vector<Experiment>> SqlStore::ListExperiments() {
  const Lock lock(mutex_);
  const auto experiment_of = [](const sql::Statement& row) {
    return Experiment{.id = row.Text(0), .name = row.Text(1), .artifact_location = row.Text(2)};
  };
  REEVE_ASSIGN_OR_RETURN(
      std::vector<Experiment> experiments,
      sql::ReadRows(
          database_->Prepare("SELECT experiment_id, name, artifact_location FROM experiments "
                             "WHERE lifecycle_stage = 'active' ORDER BY experiment_id"),
          experiment_of));
  for (Experiment& experiment : experiments) {
    REEVE_RETURN_IF_ERROR(sql::ForEachRow(
        database_->Prepare(
            "SELECT key, value FROM experiment_tags WHERE experiment_id = CAST(? AS INTEGER)",
            experiment.id),
        [&](const sql::Statement& row) { experiment.tags[row.Text(0)] = row.Text(1); }));
  }
  return experiments;
}

Result<Run> SqlStore::CreateRun(const NewRun& request) {
  const Lock lock(mutex_);
  REEVE_RETURN_IF_ERROR(CheckHasLoggedModels(*database_));
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database_->Prepare(
          "SELECT artifact_location FROM experiments WHERE CAST(experiment_id AS TEXT) = ?",
          request.experiment_id));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found)
    return Status::NotFound("experiment " + Quote(request.experiment_id) + " does not exist");
  if (!request.id.empty() && CheckRun(request.id).ok())
    return Status::AlreadyExists("run " + Quote(request.id) + " already exists");
  Run run{.id = request.id.empty() ? NewId() : request.id,
          .name = request.name,
          .experiment_id = request.experiment_id,
          .artifact_uri = {},
          .user = request.user,
          .start_ms = request.start_ms > 0 ? request.start_ms : clock_->NowMs(),
          .tags = request.tags};
  run.name = run.name.empty() ? ReadableRunName(run.id) : Cut(run.name, kKeyBytes);
  run.artifact_uri = JoinUri(row.Text(0), run.id + "/artifacts");
  run.tags["mlflow.runName"] = run.name;
  REEVE_RETURN_IF_ERROR(database_->Run(
      "INSERT INTO runs (run_uuid, name, source_type, source_name, "
      "entry_point_name, user_id, status, start_time, source_version, "
      "lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'UNKNOWN', '', "
      "'', ?, 'RUNNING', ?, '', 'active', ?, CAST(? AS INTEGER))",
      run.id, run.name, run.user, run.start_ms, run.artifact_uri, run.experiment_id));
  REEVE_RETURN_IF_ERROR(WriteTags(run.id, run.tags));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return run;
}

Result<std::vector<Run>> SqlStore::ReadRuns(sql::Statement rows) {
  const auto run_of = [](const sql::Statement& row) {
    return Run{.id = row.Text(0),
               .name = row.Text(1),
               .experiment_id = row.Text(2),
               .artifact_uri = row.Text(3),
               .user = row.Text(4),
               .status = ParseRunStatus(row.Text(5)),
               .start_ms = row.Integer(6),
               .end_ms = row.Integer(7)};
  };
  REEVE_ASSIGN_OR_RETURN(std::vector<Run> runs, sql::ReadRows(std::move(rows), run_of));
  for (Run& run : runs) REEVE_RETURN_IF_ERROR(FillRun(run));
  return runs;
}

Status SqlStore::FillRun(Run& run) {
  const auto read = [&](const char* sql, auto put) {
    return sql::ForEachRow(database_->Prepare(sql, run.id), put);
  };
  REEVE_RETURN_IF_ERROR(
      read("SELECT key, value FROM params WHERE run_uuid = ?",
           [&](const sql::Statement& row) { run.params[row.Text(0)] = row.Text(1); }));
  REEVE_RETURN_IF_ERROR(
      read("SELECT key, value FROM tags WHERE run_uuid = ?",
           [&](const sql::Statement& row) { run.tags[row.Text(0)] = row.Text(1); }));
  return read("SELECT key, value, is_nan FROM latest_metrics WHERE run_uuid = ?",
              [&](const sql::Statement& row) {
                run.metrics[row.Text(0)] =
                    row.Integer(2) != 0 ? std::numeric_limits<double>::quiet_NaN() : row.Real(1);
              });
}

Result<std::vector<Run>> SqlStore::ListRuns(const std::string& experiment_id, std::int64_t most) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement rows,
      database_->Prepare("SELECT " REEVE_RUN_COLUMNS
                         " FROM runs WHERE lifecycle_stage = 'active' AND (?1 = '' OR "
                         "CAST(experiment_id AS TEXT) = ?1) ORDER BY start_time DESC, run_uuid "
                         "LIMIT ?2",
                         experiment_id, most));
  return ReadRuns(std::move(rows));
}

Result<std::vector<Run>> SqlStore::ListRunning() {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement rows,
      database_->Prepare("SELECT " REEVE_RUN_COLUMNS
                         " FROM runs WHERE lifecycle_stage = 'active' AND status = "
                         "'RUNNING' ORDER BY start_time DESC, run_uuid"));
  return ReadRuns(std::move(rows));
}

Result<Run> SqlStore::GetRun(const std::string& run_id) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement rows,
      database_->Prepare("SELECT " REEVE_RUN_COLUMNS " FROM runs WHERE run_uuid = ?", run_id));
  REEVE_ASSIGN_OR_RETURN(std::vector<Run> runs, ReadRuns(std::move(rows)));
  if (runs.empty()) return Status::NotFound("run " + Quote(run_id) + " does not exist");
  return std::move(runs[0]);
}

Status SqlStore::CheckRun(const std::string& run_id) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database_->Prepare("SELECT 1 FROM runs WHERE run_uuid = ?", run_id));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  return found ? Status::Ok() : Status::NotFound("run " + Quote(run_id) + " does not exist");
}

Status SqlStore::LogParams(const std::string& run_id,
                           const std::map<std::string, std::string>& params) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_, run_id));
  REEVE_RETURN_IF_ERROR(CheckRun(run_id));
  REEVE_RETURN_IF_ERROR(WriteTexts("params", kParamBytes, run_id, params));
  return transaction.Commit();
}

Status SqlStore::LogMetrics(const std::string& run_id, const std::vector<MetricPoint>& points) {
  std::vector<MetricRow> rows;
  rows.reserve(points.size());
  for (const MetricPoint& point : points) {
    REEVE_RETURN_IF_ERROR(CheckKey(point.key));
    rows.push_back({.run_id = run_id,
                    .key = point.key,
                    .value = StoredMetricValue(point.value),
                    .timestamp = point.timestamp_ms,
                    .step = point.step,
                    .is_nan = std::isnan(point.value)});
  }
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_, run_id));
  REEVE_RETURN_IF_ERROR(CheckRun(run_id));
  REEVE_RETURN_IF_ERROR(WriteMetricRows(*database_, rows));
  return transaction.Commit();
}

Status SqlStore::WriteTags(const std::string& run_id, const Tags& tags) {
  return WriteTexts("tags", kTagBytes, run_id, tags);
}

Status SqlStore::WriteTexts(const char* table, std::size_t most_bytes, const std::string& run_id,
                            const std::map<std::string, std::string>& texts) {
  std::vector<sql::Value> values;
  for (const auto& [key, value] : texts) {
    REEVE_RETURN_IF_ERROR(CheckKey(key));
    values.insert(values.end(), {key, Cut(value, most_bytes), run_id});
  }
  const std::string head = std::string("INSERT INTO ") + table + " (key, value, run_uuid)";
  return sql::InsertRows(
             *database_,
             {.into = head,
              .columns = 3,
              .behind = "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value"},
             sql::ViewsOf(values))
      .status();
}

Status SqlStore::SetTags(const std::string& run_id, const Tags& tags) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_, run_id));
  REEVE_RETURN_IF_ERROR(CheckRun(run_id));
  REEVE_RETURN_IF_ERROR(WriteTags(run_id, tags));
  return transaction.Commit();
}

Status SqlStore::WriteEnd(const std::string& run_id, RunStatus status, std::int64_t end_ms) {
  REEVE_RETURN_IF_ERROR(
      database_->Run("UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ?",
                     RunStatusName(status), end_ms > 0 ? end_ms : clock_->NowMs(), run_id));
  return database_->changes() > 0 ? Status::Ok()
                                  : Status::NotFound("run " + Quote(run_id) + " does not exist");
}

Status SqlStore::EndRunAt(const std::string& run_id, RunStatus status, std::int64_t end_ms) {
  const Lock lock(mutex_);
  return WriteEnd(run_id, status, end_ms);
}

Result<bool> SqlStore::EndIfRunning(const std::string& run_id, RunStatus status, const Tags& tags) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_, run_id));
  REEVE_RETURN_IF_ERROR(CheckRun(run_id));
  REEVE_RETURN_IF_ERROR(
      database_->Run("UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ? AND status = "
                     "'RUNNING'",
                     RunStatusName(status), clock_->NowMs(), run_id));
  if (database_->changes() == 0) return false;
  REEVE_RETURN_IF_ERROR(WriteTags(run_id, tags));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  return true;
}

Status SqlStore::DeleteRun(const std::string& run_id) {
  const Lock lock(mutex_);
  REEVE_RETURN_IF_ERROR(CheckRun(run_id));
  return database_->Run(
      "UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ? WHERE run_uuid = ?",
      clock_->NowMs(), run_id);
}

Result<std::vector<MetricPoint>> SqlStore::MetricHistory(const std::string& run_id,
                                                         const std::string& key) {
  const Lock lock(mutex_);
  const auto point_of = [&](const sql::Statement& row) {
    const double value =
        row.Integer(3) != 0 ? std::numeric_limits<double>::quiet_NaN() : row.Real(0);
    return MetricPoint{key, value, row.Integer(1), row.Integer(2)};
  };
  return sql::ReadRows(
      database_->Prepare("SELECT value, timestamp, step, is_nan FROM metrics WHERE "
                         "run_uuid = ? AND key = ? ORDER BY step, timestamp, value",
                         run_id, key),
      point_of);
}

Status SqlStore::LogInput(const std::string& run_id, const DatasetInput& input) {
  const Lock lock(mutex_);
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database_));
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement experiment,
      database_->Prepare("SELECT experiment_id FROM runs WHERE run_uuid = ?", run_id));
  REEVE_ASSIGN_OR_RETURN(const bool has_run, experiment.Step());
  if (!has_run) return Status::NotFound("run " + Quote(run_id) + " does not exist");
  const std::int64_t experiment_id = experiment.Integer(0);
  REEVE_RETURN_IF_ERROR(
      database_->Run("INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, "
                     "dataset_source_type, dataset_source, dataset_schema, "
                     "dataset_profile) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                     NewId(), experiment_id, Cut(input.name, 500), Cut(input.digest, 36),
                     input.source_type, input.source, input.schema, input.profile));
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement dataset,
      database_->Prepare(
          "SELECT dataset_uuid FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?",
          experiment_id, Cut(input.name, 500), Cut(input.digest, 36)));
  REEVE_ASSIGN_OR_RETURN(const bool has_dataset, dataset.Step());
  if (!has_dataset)
    return Status::Internal("tracking store: the data set just written is not there");
  // A table that the run already has keeps its edge; the context is the later one.
  REEVE_RETURN_IF_ERROR(database_->Run(
      "INSERT INTO inputs (input_uuid, source_type, source_id, "
      "destination_type, destination_id) VALUES (?, 'DATASET', ?, 'RUN', ?) ON CONFLICT DO NOTHING",
      NewId(), dataset.Text(0), run_id));
  REEVE_RETURN_IF_ERROR(database_->Run(
      "INSERT INTO input_tags (input_uuid, name, value) SELECT input_uuid, "
      "'mlflow.data.context', ? FROM inputs WHERE source_type = 'DATASET' AND source_id = ? AND "
      "destination_type = 'RUN' AND destination_id = ? "
      "ON CONFLICT (input_uuid, name) DO UPDATE SET value = excluded.value",
      input.context, dataset.Text(0), run_id));
  return transaction.Commit();
}

Result<std::vector<DatasetInput>> SqlStore::ListInputs(const std::string& run_id) {
  const Lock lock(mutex_);
  return sql::ReadRows(
      database_->Prepare(
          "SELECT d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, "
          "d.dataset_profile, t.value FROM inputs i "
          "JOIN datasets d ON d.dataset_uuid = i.source_id LEFT JOIN input_tags t ON t.input_uuid "
          "= i.input_uuid AND t.name = 'mlflow.data.context' "
          "WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = ? "
          "ORDER BY i." +
              std::string(sql::WriteOrderColumn(database_->dialect())),
          run_id),
      [](const sql::Statement& row) {
        return DatasetInput{row.Text(0), row.Text(1), row.Text(2), row.Text(3),
                            row.Text(4), row.Text(5), row.Text(6)};
      });
}

}  // namespace reeve::tracking
