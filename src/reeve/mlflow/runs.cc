#include "reeve/mlflow/runs.h"

#include <algorithm>

#include "reeve/base/id.h"
#include "reeve/mlflow/experiments.h"
#include "reeve/mlflow/locations.h"
#include "reeve/mlflow/run_tags.h"
#include "reeve/mlflow/validation.h"
#include "reeve/tracking/run_name.h"

namespace reeve::mlflow {
namespace {

constexpr std::size_t kMostRunId = 256;
constexpr std::size_t kMostRunName = 250;
constexpr std::size_t kMostUser = 256;

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void WriteData(const Run& run, JsonWriter& writer) {
  writer.BeginObject();
  if (!run.metrics.empty()) {
    writer.Key("metrics");
    writer.BeginArray();
    for (const Metric& metric : run.metrics) WriteMetric(metric, writer);
    writer.EndArray();
  }
  writer.PairsUnlessEmpty("params", run.params);
  writer.PairsUnlessEmpty("tags", run.tags);
  writer.EndObject();
}

void AnswerWith(const Run& run, std::string& answer) {
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("run");
  WriteRun(run, writer);
  writer.EndObject();
}

// From the argument, the tag or, when there is neither, made up.
Result<std::string> ChooseName(const std::string& argument, const std::vector<RunTag>& tags,
                               const std::string& run_id) {
  const auto tag = std::find_if(tags.begin(), tags.end(),
                                [](const RunTag& t) { return t.first == kRunNameTag; });
  const std::string tagged = tag == tags.end() ? "" : tag->second;
  if (!argument.empty() && !tagged.empty() && argument != tagged) {
    return Status::InvalidArgument(
        "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different "
        "values (run_name='" +
        argument + "', mlflow.runName='" + tagged + "').");
  }
  if (!argument.empty()) return argument;
  return tagged.empty() ? tracking::ReadableRunName(run_id) : tagged;
}

// MLflow takes any key here; those that the column cannot hold are refused.
Result<std::vector<RunTag>> ReadTags(const Request& request) {
  std::vector<RunTag> tags;
  for (auto& [key, value] : request.Pairs("tags")) {
    REEVE_RETURN_IF_ERROR(CheckLength("key", key, kMostKey));
    tags.emplace_back(key, Truncate(value, kMostRunTag));
  }
  return tags;
}

Status Insert(sql::Database& database, const Run& run) {
  return database.Run(
      "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, "
      "status, start_time, source_version, lifecycle_stage, artifact_uri, experiment_id) "
      "VALUES (?, ?, 'UNKNOWN', '', '', ?, ?, ?, '', ?, ?, ?)",
      run.id, run.name, run.user_id, run.status, run.start_time, run.lifecycle_stage,
      run.artifact_uri, run.experiment_id);
}

Result<Run> NewRun(const Context& context, const Request& request) {
  Run run = {.id = NewId(),
             .name = {},
             .user_id = request.Text("user_id"),
             .status = "RUNNING",
             .start_time = request.Integer("start_time").value_or(context.clock.NowMs()),
             .lifecycle_stage = "active",
             .artifact_uri = {}};
  // Who is known for sure; clients send what their machine calls its user, often "unknown".
  if (!request.user.empty()) run.user_id = request.user;
  run.user_id = Truncate(run.user_id, kMostUser);
  REEVE_ASSIGN_OR_RETURN(run.tags, ReadTags(request));
  REEVE_ASSIGN_OR_RETURN(run.name, ChooseName(request.Text("run_name"), run.tags, run.id));
  run.name = Truncate(run.name, kMostRunName);
  const bool has_name = std::any_of(run.tags.begin(), run.tags.end(), [](const RunTag& tag) {
    return tag.first == kRunNameTag && !tag.second.empty();
  });
  if (!has_name) run.tags.emplace_back(kRunNameTag, run.name);
  return run;
}

Status Create(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(Run run, NewRun(context, request));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const Experiment experiment,
                         ReadExperiment(*database, request.Text("experiment_id")));
  REEVE_RETURN_IF_ERROR(CheckIsActive(experiment));
  run.experiment_id = experiment.id;
  run.artifact_uri = AppendToUri(experiment.artifact_location, run.id + "/artifacts");
  REEVE_RETURN_IF_ERROR(Insert(*database, run));
  REEVE_RETURN_IF_ERROR(WriteRunTags(*database, run.id, run.tags));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  AnswerWith(run, answer);
  return Status::Ok();
}

Status Get(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Read());
  REEVE_ASSIGN_OR_RETURN(const Run run, ReadRun(*database, request.Text("run_id")));
  AnswerWith(run, answer);
  return Status::Ok();
}

Status Update(const Context& context, const Request& request, std::string& answer) {
  const std::optional<std::string> status =
      request.Enum("status", {"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"});
  // Unknown names are ignored, unknown numbers are not.
  if (!status && request.Integer("status") && !request.OptionalText("status")) {
    return WithHintAtDocs(
        InvalidValue("status", *request.Member("status"), " Hint: Value was of type 'int'."));
  }
  const std::string name = request.Text("run_name");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_ASSIGN_OR_RETURN(const Run before, ReadActiveRun(*database, request.Text("run_id")));
  REEVE_RETURN_IF_ERROR(database->Run(
      "UPDATE runs SET status = coalesce(?, status), end_time = coalesce(?, end_time) "
      "WHERE run_uuid = ?",
      status, request.Integer("end_time"), before.id));
  if (!name.empty()) {
    REEVE_RETURN_IF_ERROR(
        WriteRunTags(*database, before.id, {{kRunNameTag, Truncate(name, kMostRunTag)}}));
  }
  REEVE_ASSIGN_OR_RETURN(const Run run, ReadRunInfo(*database, before.id));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  JsonWriter writer(answer);
  writer.BeginObject();
  writer.Key("run_info");
  WriteRunInfo(run, writer);
  writer.EndObject();
  return Status::Ok();
}

Status NotFound(const std::string& id) {
  return Status::NotFound("Run with id=" + id + " not found");
}

Status MoveTo(const Context& context, const Request& request, bool is_deleted,
              std::string& answer) {
  const std::string id = request.Text("run_id");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database));
  REEVE_RETURN_IF_ERROR(
      database->Run("UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE run_uuid = ?",
                    is_deleted ? "deleted" : "active",
                    is_deleted ? std::optional(context.clock.NowMs()) : std::nullopt, id));
  if (database->changes() == 0) return NotFound(id);
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

}  // namespace

Run RunFromRow(const sql::Statement& row) {
  return {.id = row.Text(0),
          .name = row.Text(1),
          .user_id = row.Text(2),
          .status = row.Text(3),
          .start_time = row.Integer(4),
          .end_time = row.Integer(5),
          .lifecycle_stage = row.Text(6),
          .artifact_uri = row.Text(7),
          .experiment_id = row.Integer(8)};
}

Result<Run> ReadRunInfo(sql::Database& database, const std::string& id) {
  static const std::string kSelect =
      std::string("SELECT ") + kRunFields + " FROM runs WHERE run_uuid = ?";
  REEVE_ASSIGN_OR_RETURN(sql::Statement row, database.Prepare(kSelect, id));
  REEVE_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return NotFound(id);
  return RunFromRow(row);
}

Result<Run> ReadActiveRun(sql::Database& database, const std::string& id) {
  REEVE_ASSIGN_OR_RETURN(Run run, ReadRunInfo(database, id));
  if (run.is_active()) return run;
  return Status::InvalidArgument("The run " + run.id +
                                 " must be in the 'active' state. Current state is " +
                                 run.lifecycle_stage + ".");
}

Result<Run> ReadRun(sql::Database& database, const std::string& id) {
  REEVE_ASSIGN_OR_RETURN(Run run, ReadRunInfo(database, id));
  std::vector<Run> runs;
  runs.push_back(std::move(run));
  REEVE_RETURN_IF_ERROR(ReadRunData(database, runs));
  return std::move(runs.front());
}

void WriteRunInfo(const Run& run, JsonWriter& writer) {
  writer.BeginObject();
  writer.Member("run_uuid", run.id);
  writer.Member("experiment_id", std::to_string(run.experiment_id));
  writer.Member("run_name", run.name);
  writer.Member("user_id", run.user_id);
  writer.Member("status", run.status);
  writer.IntegerMember("start_time", run.start_time);
  if (run.end_time != 0) writer.IntegerMember("end_time", run.end_time);
  writer.MemberUnlessEmpty("artifact_uri", run.artifact_uri);
  writer.Member("lifecycle_stage", run.lifecycle_stage);
  writer.Member("run_id", run.id);
  writer.EndObject();
}

void WriteRun(const Run& run, JsonWriter& writer) {
  writer.BeginObject();
  writer.Key("info");
  WriteRunInfo(run, writer);
  writer.Key("data");
  WriteData(run, writer);
  writer.Key("inputs");
  WriteInputs(run.inputs, writer);
  writer.Key("outputs");
  WriteOutputs(run.inputs, writer);
  writer.EndObject();
}

Status CheckRunId(const std::string& id) {
  const bool fits = !id.empty() && id.size() <= kMostRunId && IsAlphanumeric(id.front()) &&
                    std::all_of(id.begin(), id.end(),
                                [](char c) { return IsAlphanumeric(c) || c == '_' || c == '-'; });
  return fits ? Status::Ok() : InvalidValue("run_id", id, "");
}

std::vector<Endpoint> RunEndpoints() {
  using enum FieldType;
  const Field id = {"run_id", kText, true};
  return {
      {"POST",
       "/runs/create",
       {{"experiment_id", kText, true},
        {"user_id"},
        {"run_name"},
        {"start_time", kInteger},
        {"tags", kObjects}},
       Create},
      {"GET", "/runs/get", {id}, Get, Access::kRead},
      {"POST",
       "/runs/update",
       {id, {"status", kEnum}, {"end_time", kInteger}, {"run_name"}},
       Update},
      {"POST", "/runs/delete", {id}, Delete},
      {"POST", "/runs/restore", {id}, Restore},
  };
}

}  // namespace reeve::mlflow
