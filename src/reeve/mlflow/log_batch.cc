#include "reeve/mlflow/log_batch.h"

#include <functional>
#include <set>
#include <string>

#include "reeve/mlflow/metrics.h"
#include "reeve/mlflow/params.h"
#include "reeve/mlflow/run_tags.h"
#include "reeve/mlflow/runs.h"
#include "reeve/mlflow/search/clauses.h"

namespace reeve::mlflow {
namespace {

constexpr std::size_t kMostMetrics = 1000;
constexpr std::size_t kMostParams = 100;
constexpr std::size_t kMostTags = 100;
constexpr std::size_t kMostInAll = 1000;

struct Batch {
  std::string run_id;
  std::vector<Metric> metrics;
  std::vector<Param> params;
  std::vector<RunTag> tags;
};

std::string At(const char* list, std::size_t i) {
  return std::string(list) + "[" + std::to_string(i) + "]";
}

// 'text' as it stands in MLflow's messages.
Status CheckSize(const std::string& what, std::size_t most, std::size_t size) {
  if (size <= most) return Status::Ok();
  return Status::InvalidArgument("A batch logging request can contain at most " +
                                 std::to_string(most) + " " + what + ". Got " +
                                 std::to_string(size) + " " + what + ". Please split up " + what +
                                 " across multiple requests and try again.");
}

Status CheckSizes(const Batch& batch) {
  REEVE_RETURN_IF_ERROR(CheckSize("metrics", kMostMetrics, batch.metrics.size()));
  REEVE_RETURN_IF_ERROR(CheckSize("params", kMostParams, batch.params.size()));
  REEVE_RETURN_IF_ERROR(CheckSize("tags", kMostTags, batch.tags.size()));
  return CheckSize("metrics, params, and tags", kMostInAll,
                   batch.metrics.size() + batch.params.size() + batch.tags.size());
}

Status CheckParamsDiffer(const std::vector<Param>& params) {
  std::set<std::string_view> seen;
  std::string doubled;
  for (const Param& param : params) {
    if (seen.insert(param.first).second) continue;
    doubled += (doubled.empty() ? "" : ", ") + ShownInQuotes(param.first);
  }
  if (doubled.empty()) return Status::Ok();
  return Status::InvalidArgument("Duplicate parameter keys have been submitted: [" + doubled +
                                 "]. Please ensure the request contains only one param value per "
                                 "param key.");
}

// Hands on each element of a list once its fields are there and of their types.
Status ForEach(const Request& request, const char* list, const std::vector<Field>& fields,
               const std::function<Status(const Request& item, const std::string& place)>& take) {
  std::size_t i = 0;
  for (const Request& item : request.Objects(list)) {
    const std::string place = At(list, i++);
    REEVE_RETURN_IF_ERROR(item.Check(fields, place));
    REEVE_RETURN_IF_ERROR(take(item, place));
  }
  return Status::Ok();
}

// Adds what could be read.
template <typename T>
Status Take(Result<T> item, std::vector<T>& items) {
  if (item.ok()) items.push_back(std::move(*item));
  return item.status();
}

Result<Batch> ReadBatch(const Request& request) {
  using enum FieldType;
  Batch batch = {.run_id = request.Text("run_id"), .metrics = {}, .params = {}, .tags = {}};
  REEVE_RETURN_IF_ERROR(CheckRunId(batch.run_id));
  REEVE_RETURN_IF_ERROR(ForEach(request, "metrics", MetricFields(),
                                [&](const Request& item, const std::string& place) {
                                  return Take(ReadMetric(item, place), batch.metrics);
                                }));
  const std::vector<Field> pair = {{"key", kText, true}, {"value", kText}};
  REEVE_RETURN_IF_ERROR(
      ForEach(request, "params", pair, [&](const Request& item, const std::string& place) {
        return Take(CheckParam(item.Text("key"), item.Text("value"), place), batch.params);
      }));
  REEVE_RETURN_IF_ERROR(
      ForEach(request, "tags", pair, [&](const Request& item, const std::string& place) {
        return Take(CheckRunTag(item.Text("key"), item.Text("value"), place), batch.tags);
      }));
  return batch;
}

Status Contradiction(const std::string& run_id, const std::vector<ParamConflict>& conflicts) {
  std::string list;
  for (const ParamConflict& conflict : conflicts) {
    list += list.empty() ? "{'key': " : ", {'key': ";
    list += ShownInQuotes(conflict.key) + ", 'old_value': " + ShownInQuotes(conflict.old_value) +
            ", 'new_value': " + ShownInQuotes(conflict.new_value) + "}";
  }
  return Status::InvalidArgument(
      "Changing param values is not allowed. Params were already logged='[" + list +
      "]' for run ID='" + run_id + "'.");
}

Status WriteBatch(sql::Database& database, const Batch& batch) {
  REEVE_RETURN_IF_ERROR(ReadActiveRun(database, batch.run_id).status());
  REEVE_ASSIGN_OR_RETURN(const std::vector<ParamConflict> conflicts,
                         WriteParams(database, batch.run_id, batch.params));
  if (!conflicts.empty()) return Contradiction(batch.run_id, conflicts);
  REEVE_RETURN_IF_ERROR(WriteMetrics(database, batch.run_id, batch.metrics));
  return WriteRunTags(database, batch.run_id, batch.tags);
}

Status WriteAtOnce(const Context& context, const Batch& batch) {
  if (!batch.metrics.empty()) REEVE_RETURN_IF_ERROR(SettleMetrics(context));
  REEVE_ASSIGN_OR_RETURN(const sql::Pool::Lease database, context.pool.Write());
  REEVE_ASSIGN_OR_RETURN(sql::Transaction transaction,
                         sql::Transaction::Begin(*database, batch.run_id));
  REEVE_RETURN_IF_ERROR(WriteBatch(*database, batch));
  return transaction.Commit();
}

Status LogBatch(const Context& context, const Request& request, std::string& answer) {
  REEVE_ASSIGN_OR_RETURN(const Batch batch, ReadBatch(request));
  REEVE_RETURN_IF_ERROR(CheckSizes(batch));
  REEVE_RETURN_IF_ERROR(CheckParamsDiffer(batch.params));
  const bool has_metrics_only = batch.params.empty() && batch.tags.empty();
  REEVE_RETURN_IF_ERROR(has_metrics_only ? LogMetrics(context, batch.run_id, batch.metrics)
                                         : WriteAtOnce(context, batch));
  answer += "{}";
  return Status::Ok();
}

}  // namespace

std::vector<Endpoint> LogBatchEndpoints() {
  using enum FieldType;
  return {
      {"POST",
       "/runs/log-batch",
       {{"run_id", kText, true}, {"metrics", kObjects}, {"params", kObjects}, {"tags", kObjects}},
       LogBatch}};
}

}  // namespace reeve::mlflow
