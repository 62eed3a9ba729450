#include "reeve/mlflow/experiments.h"

#include "reeve/mlflow/host_policy.h"
#include "reeve/mlflow/locations.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/each_row.h"

namespace reeve::mlflow {
namespace {

constexpr const char* kColumns =
    "SELECT experiment_id, name, artifact_location, lifecycle_stage, creation_time, "
    "last_update_time FROM experiments ";

Experiment FromRow(const sql::Statement& row) {
  return {.id = row.Integer(0),
          .name = row.Text(1),
          .artifact_location = row.Text(2),
          .lifecycle_stage = row.Text(3),
          .creation_time = row.Integer(4),
          .last_update_time = row.Integer(5)};
}

Status ReadTags(sql::Database& database, Experiment& experiment) {
  return sql::ForEachRow(
      database.Prepare("SELECT key, value FROM experiment_tags WHERE experiment_id = ?",
                       experiment.id),
      [&](const sql::Statement& row) { experiment.tags[row.Text(0)] = row.Text(1); });
}

Status CheckName(const std::string& name) {
  if (name.empty()) return Status::InvalidArgument("Invalid experiment name: ''");
  return CheckLength("name", name, kMostExperimentName);
}

Status CheckTag(const std::string& key, const std::string& value) {
  REEVE_RETURN_IF_ERROR(CheckKey(key, "key"));
  return CheckLength("value", value, kMostExperimentTag);
}

Status WriteTag(sql::Database& database, std::int64_t experiment_id, const std::string& key,
                const std::string& value) {
  return database.Run(
      "INSERT INTO experiment_tags (key, value, experiment_id) VALUES (?, ?, ?) "
      "ON CONFLICT (key, experiment_id) DO UPDATE SET value = excluded.value",
      key, value, experiment_id);
}

Status NameTaken(const std::string& name) {
  return Status::AlreadyExists("Experiment(name=" + name + ") already exists.");
}

Result<bool> HasName(sql::Database& database, const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database.Prepare("SELECT 1 FROM experiments WHERE name = ?", name));
  return row.Step();
}

// Inserts it; its id, and with it its place, are known afterwards.
Result<std::int64_t> Insert(const Context& context, sql::Database& database,
                            const std::string& name, const std::string& location) {
  const std::int64_t now = context.clock.NowMs();
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement made,
      database.Prepare("INSERT INTO experiments (name, artifact_location, lifecycle_stage, "
                       "creation_time, last_update_time) VALUES (?, ?, 'active', ?, ?) "
                       "RETURNING experiment_id",
                       name, location, now, now));
  REEVE_ASSIGN_OR_RETURN(const bool has_row, made.Step());
  if (!has_row) return Status::Internal("the experiment just written is not there");
  const std::int64_t id = made.Integer(0);
  REEVE_RETURN_IF_ERROR(made.Step().status());
  if (!location.empty()) return id;
  REEVE_RETURN_IF_ERROR(
      database.Run("UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?",
                   AppendToUri(context.artifact_root, std::to_string(id)), id));
  return id;
}

Status Create(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("name");
  REEVE_RETURN_IF_ERROR(CheckName(name));
  REEVE_ASSIGN_OR_RETURN(const std::string location,
                         ResolveLocation(request.Text("artifact_location"), "artifact_location"));
  REEVE_RETURN_IF_ERROR(CheckHost(location, "artifact_location", {context.artifact_root}));
  const auto tags = request.Pairs("tags");
  for (const auto& [key, value] : tags) REEVE_RETURN_IF_ERROR(CheckTag(key, value));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const bool is_taken, HasName(*database, name));
  if (is_taken) return NameTaken(name);
  REEVE_ASSIGN_OR_RETURN(const std::int64_t id, Insert(context, *database, name, location));
  for (const auto& [key, value] : tags) REEVE_RETURN_IF_ERROR(WriteTag(*database, id, key, value));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Member("experiment_id", std::to_string(id));
  writer.EndObject();
  return Status::Ok();
}

void AnswerWith(const Experiment& experiment, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("experiment");
  WriteExperiment(experiment, writer);
  writer.EndObject();
}

Status Get(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(const Experiment experiment,
                         ReadExperiment(*database, request.Text("experiment_id")));
  AnswerWith(experiment, answer);
  return Status::Ok();
}

Status GetByName(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("experiment_name");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(sql::Statement row,
                         database->Prepare(std::string(kColumns) + "WHERE name = ?", name));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return Status::NotFound("Could not find experiment with name '" + name + "'");
  Experiment experiment = FromRow(row);
  REEVE_RETURN_IF_ERROR(ReadTags(*database, experiment));
  AnswerWith(experiment, answer);
  return Status::Ok();
}

// Runs go with their experiment, both ways.
Status MoveTo(const Context& context, const Request& request, bool is_deleted,
              std::string& answer) {
  const char* const from = is_deleted ? "active" : "deleted";
  const char* const to = is_deleted ? "deleted" : "active";
  const std::int64_t now = context.clock.NowMs();
  REEVE_ASSIGN_OR_RETURN(const std::int64_t id, ParseExperimentId(request.Text("experiment_id")));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(
      database->Run("UPDATE experiments SET lifecycle_stage = ?, last_update_time = ? "
                    "WHERE experiment_id = ? AND lifecycle_stage = ?",
                    to, now, id, from));
  if (database->changes() == 0)
    return Status::NotFound("No Experiment with id=" + std::to_string(id) + " exists");
  REEVE_RETURN_IF_ERROR(
      database->Run("UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE experiment_id = ?",
                    to, is_deleted ? std::optional(now) : std::nullopt, id));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

Status Delete(const Context& context, const Request& request, std::string& answer) {
  return MoveTo(context, request, true, answer);
}

Status Restore(const Context& context, const Request& request, std::string& answer) {
  return MoveTo(context, request, false, answer);
}

Status Rename(const Context& context, const Request& request, std::string& answer) {
  const std::string name = request.Text("new_name");
  REEVE_RETURN_IF_ERROR(CheckName(name));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const Experiment experiment,
                         ReadExperiment(*database, request.Text("experiment_id")));
  if (!experiment.is_active())
    return Status::RequirementUnmet("Cannot rename a non-active experiment.");
  REEVE_ASSIGN_OR_RETURN(const bool is_taken, HasName(*database, name));
  if (is_taken && name != experiment.name) return NameTaken(name);
  REEVE_RETURN_IF_ERROR(
      database->Run("UPDATE experiments SET name = ?, last_update_time = ? WHERE experiment_id = ?",
                    name, context.clock.NowMs(), experiment.id));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

Status SetTag(const Context& context, const Request& request, std::string& answer) {
  const std::string key = request.Text("key");
  const std::string value = request.Text("value");
  REEVE_RETURN_IF_ERROR(CheckTag(key, value));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const Experiment experiment,
                         ReadExperiment(*database, request.Text("experiment_id")));
  REEVE_RETURN_IF_ERROR(CheckIsActive(experiment));
  REEVE_RETURN_IF_ERROR(WriteTag(*database, experiment.id, key, value));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

Status DeleteTag(const Context& context, const Request& request, std::string& answer) {
  const std::string key = request.Text("key");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const Experiment experiment,
                         ReadExperiment(*database, request.Text("experiment_id")));
  REEVE_RETURN_IF_ERROR(CheckIsActive(experiment));
  REEVE_RETURN_IF_ERROR(database->Run(
      "DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?", experiment.id, key));
  if (database->changes() == 0) {
    return Status::NotFound("No tag with name: " + key + " in experiment with id " +
                            std::to_string(experiment.id));
  }
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

Result<Experiment> ReadExperiment(sql::Database& database, const std::string& id) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t number, ParseExperimentId(id));
  REEVE_ASSIGN_OR_RETURN(
      sql::Statement row,
      database.Prepare(std::string(kColumns) + "WHERE experiment_id = ?", number));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found)
    return Status::NotFound("No Experiment with id=" + std::to_string(number) + " exists");
  Experiment experiment = FromRow(row);
  REEVE_RETURN_IF_ERROR(ReadTags(database, experiment));
  return experiment;
}

Status CheckIsActive(const Experiment& experiment) {
  if (experiment.is_active()) return Status::Ok();
  return Status::InvalidArgument("The experiment " + std::to_string(experiment.id) +
                                 " must be in the 'active' state. Current state is " +
                                 experiment.lifecycle_stage + ".");
}

void WriteExperiment(const Experiment& experiment, JsonWriter& writer) {
  writer.BeginObject();
  writer.Member("experiment_id", std::to_string(experiment.id));
  writer.Member("name", experiment.name);
  writer.Member("artifact_location", experiment.artifact_location);
  writer.Member("lifecycle_stage", experiment.lifecycle_stage);
  writer.Member("workspace", "default");
  writer.IntegerMember("last_update_time", experiment.last_update_time);
  writer.IntegerMember("creation_time", experiment.creation_time);
  writer.PairsUnlessEmpty("tags", experiment.tags);
  writer.EndObject();
}

std::vector<Endpoint> ExperimentEndpoints() {
  using enum FieldType;
  const Field id = {"experiment_id", kText, true};
  const Field key = {"key", kText, true};
  return {
      {"POST",
       "/experiments/create",
       {{"name", kText, true}, {"artifact_location"}, {"tags", kObjects}},
       Create},
      {"GET", "/experiments/get", {id}, Get, Access::kRead},
      {"GET",
       "/experiments/get-by-name",
       {{"experiment_name", kText, true}},
       GetByName,
       Access::kRead},
      {"POST", "/experiments/delete", {id}, Delete},
      {"POST", "/experiments/restore", {id}, Restore},
      {"POST", "/experiments/update", {id, {"new_name", kText, true}}, Rename},
      {"POST", "/experiments/set-experiment-tag", {id, key, {"value"}}, SetTag},
      {"POST", "/experiments/delete-experiment-tag", {id, key}, DeleteTag},
  };
}

}  // namespace reeve::mlflow
