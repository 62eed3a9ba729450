#include "reeve/mlflow/run_tags.h"

#include <map>

#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

// The width of runs.name.
constexpr std::size_t kMostRunName = 250;

Status SetTag(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const RunTag tag,
                         CheckRunTag(request.Text("key"), request.Text("value"), {}));
  const std::string run_id = request.Text("run_id");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database, run_id));
  REEVE_RETURN_IF_ERROR(ReadActiveRun(*database, run_id).status());
  REEVE_RETURN_IF_ERROR(WriteRunTags(*database, run_id, {tag}));
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

Status DeleteTag(const Context& context, const Request& request, std::string& answer) {
  const std::string run_id = request.Text("run_id");
  const std::string key = request.Text("key");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database, run_id));
  REEVE_RETURN_IF_ERROR(ReadActiveRun(*database, run_id).status());
  REEVE_RETURN_IF_ERROR(
      database->Run("DELETE FROM tags WHERE run_uuid = ? AND key = ?", run_id, key));
  if (database->changes() == 0)
    return Status::NotFound("No tag with name: " + key + " in run with id " + run_id);
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

Result<RunTag> CheckRunTag(std::string_view key, std::string_view value, std::string_view path) {
  REEVE_RETURN_IF_ERROR(CheckKey(key, path.empty() ? "key" : std::string(path) + ".key"));
  return RunTag(key, Truncate(value, kMostRunTag));
}

Status WriteRunTags(sql::Database& database, const std::string& run_id,
                    const std::vector<RunTag>& tags) {
  // In the order of the keys, so that writers of one run cannot wait for each other in a circle.
  std::map<std::string_view, std::string_view> last;
  for (const auto& [key, value] : tags) {
    if (key != kRunNameTag || !value.empty()) last[key] = value;
  }
  if (const auto name = last.find(kRunNameTag); name != last.end()) {
    REEVE_RETURN_IF_ERROR(database.Run("UPDATE runs SET name = ? WHERE run_uuid = ?",
                                       Truncate(name->second, kMostRunName), run_id));
  }
  std::vector<sql::Parameter> values;
  values.reserve(last.size() * 3);
  for (const auto& [key, value] : last) values.insert(values.end(), {key, value, run_id});
  return InsertRows(database,
                    {.into = "INSERT INTO tags (key, value, run_uuid)",
                     .columns = 3,
                     .behind = "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value"},
                    values)
      .status();
}

std::vector<Endpoint> RunTagEndpoints() {
  using enum FieldType;
  const Field run_id = {"run_id", kText, true};
  const Field key = {"key", kText, true};
  return {
      {"POST", "/runs/set-tag", {run_id, key, {"value"}}, SetTag},
      {"POST", "/runs/delete-tag", {run_id, key}, DeleteTag},
  };
}

}  // namespace reeve::mlflow
