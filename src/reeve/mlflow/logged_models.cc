#include "reeve/mlflow/logged_models.h"

#include <algorithm>

#include "reeve/base/id.h"
#include "reeve/mlflow/experiments.h"
#include "reeve/mlflow/locations.h"
#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/search/clauses.h"
#include "reeve/mlflow/search/query.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/many_rows.h"
#include "reeve/tracking/run_name.h"

namespace reeve::mlflow {
namespace {

constexpr std::size_t kMostName = 500;
constexpr std::size_t kMostModelKey = 255;
// In the order of their numbers, from 1.
constexpr const char* kStatuses[] = {"LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY",
                                     "LOGGED_MODEL_UPLOAD_FAILED"};

using Pairs = std::vector<std::pair<std::string, std::string>>;

Status CheckName(const std::string& name) {
  if (name.find_first_of("/:.%\"'") == std::string::npos)
    return CheckLength("name", name, kMostName);
  return Status::InvalidArgument("Invalid model name (" + ShownInQuotes(name) +
                                 ") provided. Model name must be a non-empty string and cannot "
                                 "contain the following characters: ('/', ':', '.', '%', '\"', "
                                 "\"'\")");
}

Status CheckKeys(const Pairs& pairs) {
  for (const auto& [key, value] : pairs) {
    if (key.empty()) return MissingValue("key");
    REEVE_RETURN_IF_ERROR(CheckLength("key", key, kMostModelKey));
  }
  return Status::Ok();
}

void AnswerWith(const LoggedModel& model, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("model");
  WriteLoggedModel(model, writer);
  writer.EndObject();
}

void WriteInfo(const LoggedModel& model, JsonWriter& writer) {
  writer.BeginObject();
  writer.Member("model_id", model.id);
  writer.Member("experiment_id", std::to_string(model.experiment_id));
  writer.Member("name", model.name);
  writer.IntegerMember("creation_timestamp_ms", model.creation_time);
  writer.IntegerMember("last_updated_timestamp_ms", model.last_update_time);
  writer.Member("artifact_uri", model.artifact_location);
  writer.Member("status", model.status >= 1 && model.status <= 3
                              ? kStatuses[model.status - 1]
                              : "LOGGED_MODEL_STATUS_UNSPECIFIED");
  if (model.model_type) writer.Member("model_type", *model.model_type);
  if (model.source_run_id) writer.Member("source_run_id", *model.source_run_id);
  writer.MemberUnlessEmpty("status_message", model.status_message);
  writer.PairsUnlessEmpty("tags", model.tags);
  writer.EndObject();
}

void WriteModelMetric(const ModelMetric& measured, JsonWriter& writer) {
  const Metric& metric = measured.metric;
  writer.BeginObject();
  writer.Member("key", metric.key);
  writer.RealMember("value", metric.value);
  writer.IntegerMember("timestamp", metric.timestamp);
  writer.IntegerMember("step", metric.step);
  writer.MemberUnlessEmpty("dataset_name", metric.dataset_name);
  writer.MemberUnlessEmpty("dataset_digest", metric.dataset_digest);
  writer.Member("model_id", metric.model_id);
  writer.Member("run_id", measured.run_id);
  writer.EndObject();
}

// A parameter never changes; the same one may come again.
Status WriteParams(sql::Database& database, const LoggedModel& model, const Pairs& params) {
  std::vector<sql::Parameter> values;
  for (const auto& [key, value] : params) {
    const auto known = std::find_if(model.params.begin(), model.params.end(),
                                    [&](const auto& param) { return param.first == key; });
    if (known != model.params.end() && known->second != value) {
      return Status::InvalidArgument("Changing param values is not allowed. Param with key='" +
                                     key + "' was already logged with value='" + known->second +
                                     "' for model ID='" + model.id + "'.");
    }
    values.insert(values.end(), {std::string_view(model.id), model.experiment_id,
                                 std::string_view(key), std::string_view(value)});
  }
  return InsertRows(database,
                    {.into = "INSERT INTO logged_model_params (model_id, experiment_id, "
                             "param_key, param_value)",
                     .columns = 4,
                     .behind = "ON CONFLICT DO NOTHING"},
                    values)
      .status();
}

LoggedModel NewModel(const Context& context, const Request& request, const Experiment& experiment) {
  LoggedModel model{.id = "m-" + NewId(),
                    .experiment_id = experiment.id,
                    .name = request.Text("name"),
                    .creation_time = context.clock.NowMs(),
                    .lifecycle_stage = "active",
                    .model_type = request.Text("model_type"),
                    .source_run_id = request.Text("source_run_id")};
  if (model.name.empty()) model.name = tracking::ReadableRunName(model.id);
  model.last_update_time = model.creation_time;
  model.artifact_location =
      AppendToUri(experiment.artifact_location, "models/" + model.id + "/artifacts");
  return model;
}

Status Create(const Context& context, const Request& request, std::string& answer) {
  REEVE_RETURN_IF_ERROR(CheckName(request.Text("name")));
  const Pairs params = request.Pairs("params");
  const Pairs tags = request.Pairs("tags");
  REEVE_RETURN_IF_ERROR(CheckKeys(params));
  REEVE_RETURN_IF_ERROR(CheckKeys(tags));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const Experiment experiment,
                         ReadExperiment(*database, request.Text("experiment_id")));
  REEVE_RETURN_IF_ERROR(CheckIsActive(experiment));
  const LoggedModel model = NewModel(context, request, experiment);
  REEVE_RETURN_IF_ERROR(database->Run(
      "INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, "
      "creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, "
      "model_type, source_run_id) VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)",
      model.id, model.experiment_id, model.name, model.artifact_location, model.creation_time,
      model.last_update_time, model.status, model.model_type, model.source_run_id));
  REEVE_RETURN_IF_ERROR(WriteParams(*database, model, params));
  REEVE_RETURN_IF_ERROR(WriteLoggedModelTags(*database, model, tags));
  REEVE_ASSIGN_OR_RETURN(const LoggedModel made, ReadLoggedModel(*database, model.id));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  AnswerWith(made, answer);
  return Status::Ok();
}

std::string IdOf(const Request& request) {
  const auto id = request.path.find("model_id");
  return id == request.path.end() ? std::string() : id->second;
}

Status Get(const Context& context, const Request& request, std::string& answer) {
  const std::string allow = request.Text("allow_deleted");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(
      const LoggedModel model,
      ReadLoggedModel(*database, IdOf(request), allow == "true" || allow == "True"));
  AnswerWith(model, answer);
  return Status::Ok();
}

// Changes a model within one transaction; `change` gets it as it was.
template <typename Change>
Status ChangeModel(const Context& context, const Request& request, std::string& answer,
                   const Change& change) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(LoggedModel model, ReadLoggedModel(*database, IdOf(request)));
  REEVE_RETURN_IF_ERROR(change(*database, model));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  if (answer.empty()) answer = "{}";
  return Status::Ok();
}

Status Finalize(const Context& context, const Request& request, std::string& answer) {
  const auto name = request.Enum("status", {kStatuses[0], kStatuses[1], kStatuses[2]});
  if (!name) return InvalidValue("status", request.Text("status"), "");
  const auto status = std::find(std::begin(kStatuses), std::end(kStatuses), *name);
  return ChangeModel(context, request, answer, [&](sql::Database& database, LoggedModel& model) {
    model.status = status - std::begin(kStatuses) + 1;
    model.last_update_time = context.clock.NowMs();
    AnswerWith(model, answer);
    return database.Run(
        "UPDATE logged_models SET status = ?, last_updated_timestamp_ms = ? WHERE model_id = ?",
        model.status, model.last_update_time, model.id);
  });
}

Status Delete(const Context& context, const Request& request, std::string& answer) {
  return ChangeModel(context, request, answer, [&](sql::Database& database, LoggedModel& model) {
    return database.Run(
        "UPDATE logged_models SET lifecycle_stage = 'deleted', last_updated_timestamp_ms = ? "
        "WHERE model_id = ?",
        context.clock.NowMs(), model.id);
  });
}

Status SetTags(const Context& context, const Request& request, std::string& answer) {
  const Pairs tags = request.Pairs("tags");
  REEVE_RETURN_IF_ERROR(CheckKeys(tags));
  return ChangeModel(context, request, answer, [&](sql::Database& database, LoggedModel& model) {
    return WriteLoggedModelTags(database, model, tags);
  });
}

Status DeleteTag(const Context& context, const Request& request, std::string& answer) {
  const auto named = request.path.find("tag_key");
  const std::string key = named == request.path.end() ? std::string() : named->second;
  return ChangeModel(
      context, request, answer, [&](sql::Database& database, LoggedModel& model) -> Status {
        REEVE_RETURN_IF_ERROR(database.Run(
            "DELETE FROM logged_model_tags WHERE model_id = ? AND tag_key = ?", model.id, key));
        if (database.changes() > 0) return Status::Ok();
        return Status::NotFound("No tag with key '" + key + "' found for model with ID '" +
                                model.id + "'.");
      });
}

Status LogParams(const Context& context, const Request& request, std::string& answer) {
  const Pairs params = request.Pairs("params");
  REEVE_RETURN_IF_ERROR(CheckKeys(params));
  return ChangeModel(context, request, answer, [&](sql::Database& database, LoggedModel& model) {
    return WriteParams(database, model, params);
  });
}

Status LogOutputs(const Context& context, const Request& request, std::string& answer) {
  std::vector<std::string> ids;
  std::vector<std::pair<std::string, std::int64_t>> outputs;
  for (const Request& model : request.Objects("models")) {
    REEVE_RETURN_IF_ERROR(
        model.Check({{"model_id", FieldType::kText, true}, {"step", FieldType::kInteger}}));
    outputs.emplace_back(model.Text("model_id"), model.Integer("step").value_or(0));
    ids.push_back(NewId());
  }
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const Run run, ReadActiveRun(*database, request.Text("run_id")));
  std::vector<sql::Parameter> values;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    values.insert(values.end(),
                  {std::string_view(ids[i]), "RUN_OUTPUT", std::string_view(run.id), "MODEL_OUTPUT",
                   std::string_view(outputs[i].first), outputs[i].second});
  }
  REEVE_RETURN_IF_ERROR(InsertRows(*database,
                                   {.into = "INSERT INTO inputs (input_uuid, source_type, "
                                            "source_id, destination_type, destination_id, step)",
                                    .columns = 6,
                                    .behind = "ON CONFLICT DO NOTHING"},
                                   values)
                            .status());
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

LoggedModel LoggedModelFromRow(const sql::Statement& row) {
  return {.id = row.Text(0),
          .experiment_id = row.Integer(1),
          .name = row.Text(2),
          .artifact_location = row.Text(3),
          .creation_time = row.Integer(4),
          .last_update_time = row.Integer(5),
          .status = row.Integer(6),
          .lifecycle_stage = row.Text(7),
          .model_type = row.OptionalText(8),
          .source_run_id = row.OptionalText(9),
          .status_message = row.Text(10)};
}

Result<LoggedModel> ReadLoggedModel(sql::Database& database, const std::string& id,
                                    bool takes_deleted) {
  std::vector<LoggedModel> models;
  {
    REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                           database.Prepare("SELECT " + std::string(kLoggedModelColumns) +
                                                " FROM logged_models WHERE model_id = ?",
                                            id));
    REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
    if (found) models.push_back(LoggedModelFromRow(row));
  }
  if (models.empty() || (models[0].lifecycle_stage == "deleted" && !takes_deleted))
    return Status::NotFound("Logged model with ID '" + id + "' not found.");
  REEVE_RETURN_IF_ERROR(ReadLoggedModelData(database, models));
  return std::move(models[0]);
}

void WriteLoggedModel(const LoggedModel& model, JsonWriter& writer) {
  writer.BeginObject();
  writer.Key("info");
  WriteInfo(model, writer);
  writer.Key("data");
  writer.BeginObject();
  writer.PairsUnlessEmpty("params", model.params);
  if (!model.metrics.empty()) {
    writer.Key("metrics");
    writer.BeginArray();
    for (const ModelMetric& metric : model.metrics) WriteModelMetric(metric, writer);
    writer.EndArray();
  }
  writer.EndObject();
  writer.EndObject();
}

std::vector<Endpoint> LoggedModelEndpoints() {
  using enum FieldType;
  return {
      {"POST",
       "/logged-models",
       {{"experiment_id", kText, true},
        {"name"},
        {"model_type"},
        {"source_run_id"},
        {"params", kObjects},
        {"tags", kObjects}},
       Create},
      {"GET", "/logged-models/{model_id}", {{"allow_deleted"}}, Get, Access::kRead},
      {"PATCH", "/logged-models/{model_id}", {{"status", kEnum, true}}, Finalize},
      {"DELETE", "/logged-models/{model_id}", {}, Delete},
      {"PATCH", "/logged-models/{model_id}/tags", {{"tags", kObjects}}, SetTags},
      {"DELETE", "/logged-models/{model_id}/tags/{tag_key}", {}, DeleteTag},
      {"POST", "/logged-models/{model_id}/params", {{"params", kObjects}}, LogParams},
      {"POST", "/runs/outputs", {{"run_id", kText, true}, {"models", kObjects, true}}, LogOutputs},
  };
}

}  // namespace reeve::mlflow
