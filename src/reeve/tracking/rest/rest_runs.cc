// Experiments, runs, parameters, metrics, tags and data sets.

#include <algorithm>
#include <limits>
#include <tuple>

#include <nlohmann/json.hpp>

#include "reeve/base/text.h"
#include "reeve/tracking/rest/rest_store.h"
#include "reeve/tracking/rest/wire.h"

namespace reeve::tracking {
namespace {

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
// What MLflow takes in one call of log-batch.
constexpr std::size_t kMostMetrics = 1'000;
constexpr std::size_t kMostPairs = 100;

using Pairs = std::map<std::string, std::string>;

std::vector<Pairs> InBatches(const Pairs& pairs) {
  std::vector<Pairs> batches;
  for (const auto& pair : pairs) {
    if (batches.empty() || batches.back().size() == kMostPairs) batches.emplace_back();
    batches.back().insert(pair);
  }
  return batches;
}

// Finds the run that such a request to runs/create has made: our tags and the time of its start, to
// the millisecond, are those of one run only.
std::string RunFilter(const Json& fields) {
  std::string filter = "attributes.start_time = " + DumpJson(fields["start_time"]);
  for (const Json& tag : fields["tags"]) {
    const std::string key = WireText(tag, "key");
    const std::string value = WireText(tag, "value");
    // The grammar knows no escapes, and long values may have been cut.
    constexpr std::size_t kShort = 200;
    if ((key + value).find_first_of("'\"`\\\n%") != std::string::npos) continue;
    if (!value.empty() && value.size() <= kShort)
      filter += " AND tags.`" + key + "` = '" + value + "'";
  }
  return filter;
}

}  // namespace

Result<Experiment> RestStore::FindExperiment(const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(const Json answer, api_.Call(Verb::kGet, "experiments/get-by-name",
                                                      Json{{"experiment_name", name}}));
  const Json& experiment = WireObject(answer, "experiment");
  if (WireText(experiment, "lifecycle_stage") == "deleted")
    return Status::InvalidArgument("experiment " + Quote(name) +
                                   " is deleted, expected an active one");
  return ExperimentFromWire(experiment);
}

Result<Experiment> RestStore::GetOrCreateExperiment(const std::string& name) {
  if (Trim(name).empty())
    return Status::InvalidArgument("name of an experiment is " + Quote(name) +
                                   ", expected one that is not blank");
  Result<Experiment> known = FindExperiment(name);
  if (known.ok() || known.status().code() != StatusCode::kNotFound) return known;
  const Json request{{"name", name},
                     {"tags", ToWire(Tags{{"mlflow.experimentKind", "custom_model_development"}})}};
  const Status made = api_.Call(Verb::kPost, "experiments/create", request).status();
  // Another process may have made it in between.
  if (!made.ok() && made.code() != StatusCode::kAlreadyExists) return made;
  return FindExperiment(name);
}

Result<std::vector<Experiment>> RestStore::ListExperiments() {
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<Json> found,
      api_.CallForAll(Verb::kPost, "experiments/search",
                      Json{{"view_type", "ACTIVE_ONLY"}, {"order_by", {"experiment_id ASC"}}},
                      "experiments", kAll));
  std::vector<Experiment> experiments;
  for (const Json& json : found) experiments.push_back(ExperimentFromWire(json));
  return experiments;
}

Result<Run> RestStore::CreateRun(const NewRun& request) {
  Json fields{{"experiment_id", request.experiment_id},
              {"user_id", request.user},
              {"start_time", request.start_ms > 0 ? request.start_ms : clock_->NowMs()},
              {"tags", ToWire(request.tags)}};
  if (!request.name.empty()) fields["run_name"] = request.name;
  const auto look = [&]() -> Result<std::optional<Json>> {
    Json search{{"experiment_ids", {request.experiment_id}}, {"filter", RunFilter(fields)}};
    REEVE_ASSIGN_OR_RETURN(const std::vector<Json> found,
                           api_.CallForAll(Verb::kPost, "runs/search", search, "runs", 1));
    if (found.empty()) return std::optional<Json>();
    return std::optional<Json>(Json{{"run", found[0]}});
  };
  REEVE_ASSIGN_OR_RETURN(const Json answer, api_.Make("runs/create", fields, look));
  return RunFromWire(WireObject(answer, "run"));
}

Result<Json> RestStore::GetRunJson(const std::string& run_id) {
  Result<Json> answer = api_.Call(Verb::kGet, "runs/get", Json{{"run_id", run_id}});
  // MLflow calls an id of another form a wrong value.
  const StatusCode code = answer.status().code();
  if (code == StatusCode::kNotFound || code == StatusCode::kInvalidArgument)
    return Status::NotFound("run " + Quote(run_id) + " does not exist");
  if (!answer.ok()) return answer;
  return WireObject(*answer, "run");
}

Result<Run> RestStore::GetRun(const std::string& run_id) {
  REEVE_ASSIGN_OR_RETURN(const Json run, GetRunJson(run_id));
  return RunFromWire(run);
}

Result<std::vector<Run>> RestStore::SearchRuns(const std::vector<std::string>& experiment_ids,
                                               const std::string& filter, std::int64_t most) {
  std::vector<Run> runs;
  if (experiment_ids.empty()) return runs;
  const Json request{{"experiment_ids", experiment_ids},
                     {"filter", filter},
                     {"run_view_type", "ACTIVE_ONLY"},
                     {"order_by", {"attributes.start_time DESC"}}};
  REEVE_ASSIGN_OR_RETURN(const std::vector<Json> found,
                         api_.CallForAll(Verb::kPost, "runs/search", request, "runs", most));
  for (const Json& json : found) runs.push_back(RunFromWire(json));
  return runs;
}

Result<std::vector<Run>> RestStore::ListRuns(const std::string& experiment_id, std::int64_t most) {
  if (!experiment_id.empty()) return SearchRuns({experiment_id}, "", most);
  REEVE_ASSIGN_OR_RETURN(const std::vector<Experiment> experiments, ListExperiments());
  std::vector<std::string> ids;
  for (const Experiment& experiment : experiments) ids.push_back(experiment.id);
  return SearchRuns(ids, "", most);
}

Result<std::vector<Run>> RestStore::ListRunning() {
  REEVE_ASSIGN_OR_RETURN(const std::vector<Experiment> experiments, ListExperiments());
  std::vector<std::string> ids;
  for (const Experiment& experiment : experiments) ids.push_back(experiment.id);
  return SearchRuns(ids, "attributes.status = 'RUNNING'", kAll);
}

Status RestStore::LogParams(const std::string& run_id,
                            const std::map<std::string, std::string>& params) {
  for (const Pairs& batch : InBatches(params)) {
    REEVE_RETURN_IF_ERROR(api_.Call(Verb::kPost, "runs/log-batch",
                                    Json{{"run_id", run_id}, {"params", ToWire(batch)}})
                              .status());
  }
  return Status::Ok();
}

Status RestStore::LogMetrics(const std::string& run_id, const std::vector<MetricPoint>& points) {
  for (std::size_t from = 0; from < points.size(); from += kMostMetrics) {
    Json metrics = Json::array();
    for (std::size_t i = from; i < std::min(points.size(), from + kMostMetrics); ++i)
      metrics.push_back(ToWire(points[i]));
    REEVE_RETURN_IF_ERROR(api_.Call(Verb::kPost, "runs/log-batch",
                                    Json{{"run_id", run_id}, {"metrics", std::move(metrics)}})
                              .status());
  }
  return Status::Ok();
}

Status RestStore::SetTags(const std::string& run_id, const Tags& tags) {
  for (const Pairs& batch : InBatches(tags)) {
    REEVE_RETURN_IF_ERROR(
        api_.Call(Verb::kPost, "runs/log-batch", Json{{"run_id", run_id}, {"tags", ToWire(batch)}})
            .status());
  }
  return Status::Ok();
}

Status RestStore::EndRunAt(const std::string& run_id, RunStatus status, std::int64_t end_ms) {
  return api_
      .Call(Verb::kPost, "runs/update",
            Json{{"run_id", run_id},
                 {"status", std::string(RunStatusName(status))},
                 {"end_time", end_ms > 0 ? end_ms : clock_->NowMs()}})
      .status();
}

Result<bool> RestStore::EndIfRunning(const std::string& run_id, RunStatus status,
                                     const Tags& tags) {
  REEVE_ASSIGN_OR_RETURN(const Run run, GetRun(run_id));
  if (run.status != RunStatus::kRunning) return false;
  // The tags first: without them an ended run would not say why.
  REEVE_RETURN_IF_ERROR(SetTags(run_id, tags));
  REEVE_RETURN_IF_ERROR(EndRun(run_id, status));
  return true;
}

Status RestStore::DeleteRun(const std::string& run_id) {
  const Status status = api_.Call(Verb::kPost, "runs/delete", Json{{"run_id", run_id}}).status();
  if (status.code() != StatusCode::kInvalidArgument) return status;
  // MLflow refuses to delete twice, also what the first try has deleted.
  const Result<Json> run = GetRunJson(run_id);
  return run.ok() && IsDeletedOnWire(*run) ? Status::Ok() : status;
}

Result<std::vector<MetricPoint>> RestStore::MetricHistory(const std::string& run_id,
                                                          const std::string& key) {
  REEVE_ASSIGN_OR_RETURN(
      const std::vector<Json> found,
      api_.CallForAll(Verb::kGet, "metrics/get-history",
                      Json{{"run_id", run_id}, {"metric_key", key}}, "metrics", kAll));
  std::vector<MetricPoint> points;
  for (const Json& json : found) points.push_back(MetricFromWire(json));
  // NaN is not comparable and goes first, as it does in the file.
  const auto place = [](const MetricPoint& point) {
    const bool is_number = point.value == point.value;
    return std::make_tuple(point.step, point.timestamp_ms, is_number, is_number ? point.value : 0);
  };
  std::sort(points.begin(), points.end(),
            [&](const MetricPoint& a, const MetricPoint& b) { return place(a) < place(b); });
  return points;
}

Status RestStore::LogInput(const std::string& run_id, const DatasetInput& input) {
  return api_
      .Call(Verb::kPost, "runs/log-inputs",
            Json{{"run_id", run_id}, {"datasets", Json::array({ToWire(input)})}})
      .status();
}

Result<std::vector<DatasetInput>> RestStore::ListInputs(const std::string& run_id) {
  REEVE_ASSIGN_OR_RETURN(const Json run, GetRunJson(run_id));
  return InputsFromWire(run);
}

}  // namespace reeve::tracking
