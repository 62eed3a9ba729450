#include "reeve/mlflow/params.h"

#include <map>

#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/validation.h"
#include "reeve/sql/many_rows.h"

namespace reeve::mlflow {
namespace {

Result<std::vector<ParamConflict>> FindConflicts(sql::Database& database, const std::string& run_id,
                                                 const std::vector<Param>& params) {
  std::map<std::string_view, std::string_view> wanted;
  std::vector<sql::Parameter> keys;
  for (const auto& [key, value] : params) {
    wanted.emplace(key, value);
    keys.emplace_back(std::string_view(key));
  }
  std::vector<ParamConflict> conflicts;
  REEVE_RETURN_IF_ERROR(SelectForKeys(
      database,
      {.select = "SELECT key, value FROM params WHERE run_uuid = ? AND key IN", .first = {run_id}},
      keys, [&](const sql::Statement& row) {
        const std::string_view value = wanted[row.View(0)];
        if (row.View(1) != value)
          conflicts.push_back({row.Text(0), row.Text(1), std::string(value)});
        return Status::Ok();
      }));
  return conflicts;
}

Status LogParameter(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Param param,
                         CheckParam(request.Text("key"), request.Text("value"), {}));
  const std::string run_id = request.Text("run_id");
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*database, run_id));
  REEVE_RETURN_IF_ERROR(ReadActiveRun(*database, run_id).status());
  REEVE_ASSIGN_OR_RETURN(const std::vector<ParamConflict> conflicts,
                         WriteParams(*database, run_id, {param}));
  if (!conflicts.empty()) {
    const ParamConflict& conflict = conflicts.front();
    return Status::InvalidArgument("Changing param values is not allowed. Param with key='" +
                                   conflict.key + "' was already logged with value='" +
                                   conflict.old_value + "' for run ID='" + run_id +
                                   "'. Attempted logging new value '" + conflict.new_value + "'.");
  }
  REEVE_RETURN_IF_ERROR(transaction.Commit());
  answer += "{}";
  return Status::Ok();
}

}  // namespace

Result<Param> CheckParam(std::string_view key, std::string_view value, std::string_view path) {
  const std::string parameter = path.empty() ? "key" : std::string(path) + ".key";
  REEVE_RETURN_IF_ERROR(CheckKey(key, parameter, "Param key"));
  return Param(key, Truncate(value, kMostParam));
}

Result<std::vector<ParamConflict>> WriteParams(sql::Database& database, const std::string& run_id,
                                               const std::vector<Param>& params) {
  std::vector<sql::Parameter> values;
  values.reserve(params.size() * 3);
  for (const auto& [key, value] : params) values.insert(values.end(), {key, value, run_id});
  REEVE_ASSIGN_OR_RETURN(const std::int64_t added,
                         InsertRows(database,
                                    {.into = "INSERT INTO params (key, value, run_uuid)",
                                     .columns = 3,
                                     .behind = "ON CONFLICT (key, run_uuid) DO NOTHING"},
                                    values));
  // Most often all are new, and there is nothing to compare.
  if (added == static_cast<std::int64_t>(params.size())) return std::vector<ParamConflict>();
  return FindConflicts(database, run_id, params);
}

std::vector<Endpoint> ParamEndpoints() {
  using enum FieldType;
  return {{"POST",
           "/runs/log-parameter",
           {{"run_id", kText, true}, {"key", kText, true}, {"value", kText}},
           LogParameter}};
}

}  // namespace reeve::mlflow
