#include "reeve/tracking/transfer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "reeve/base/digest.h"
#include "reeve/base/json.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_location.h"
#include "reeve/tracking/file_copier.h"

namespace reeve::tracking {
namespace {

constexpr std::int64_t kAll = 1LL << 40;
constexpr const char* kVersionsTag = "mlflow.modelVersions";

bool IsOfTransfer(const std::string& key) {
  return key == kTransferSourceTag || key == kTransferDigestTag;
}

Tags OwnTags(const Tags& tags) {
  Tags own;
  for (const auto& [key, value] : tags) {
    if (!IsOfTransfer(key)) own[key] = value;
  }
  return own;
}

// Changes whenever the run does. The latest points stand for all of them.
std::string DigestOf(const Run& run) {
  Json json{{"name", run.name},      {"status", std::string(RunStatusName(run.status))},
            {"start", run.start_ms}, {"end", run.end_ms},
            {"params", run.params},  {"tags", OwnTags(run.tags)}};
  for (const auto& [key, value] : run.metrics) json["metrics"][key] = value;
  return Sha256(DumpJson(json));
}

using Place = std::tuple<std::int64_t, std::int64_t, bool, double>;

// NaN equals nothing, not even itself.
std::multiset<Place> PlacesOf(const std::vector<MetricPoint>& points) {
  std::multiset<Place> places;
  for (const MetricPoint& point : points) {
    const bool is_number = point.value == point.value;
    places.insert({point.step, point.timestamp_ms, is_number, is_number ? point.value : 0});
  }
  return places;
}

// The first pair that is not in `there`, in words; empty when all are.
std::string FirstMissing(const std::map<std::string, std::string>& pairs,
                         const std::map<std::string, std::string>& there) {
  for (const auto& [key, value] : pairs) {
    const auto it = there.find(key);
    if (it == there.end()) return Quote(key, 100) + " is not there";
    // Stores cut long values, each at its own length.
    if (!value.starts_with(it->second) || (it->second.empty() && !value.empty()))
      return Quote(key, 100) + " is " + Quote(it->second, 100) + ", expected " + Quote(value, 100);
  }
  return "";
}

// Where something lies at the target that lay at a known place of the source.
struct Moved {
  std::string id;
  std::string location;
};

class Transferring {
 public:
  Transferring(Store& from, Store& to, const TransferOptions& options)
      : from_(from), to_(to), options_(options), files_(from, to, report_) {}

  Result<TransferReport> Run();

 private:
  Status CopyExperiment(const Experiment& experiment);
  Status CopyRun(const tracking::Run& run, const Experiment& target);
  Result<std::optional<tracking::Run>> FindRun(const tracking::Run& run);
  using Histories = std::map<std::string, std::vector<MetricPoint>>;
  Result<Histories> FillRun(const tracking::Run& run, const tracking::Run& target);
  Status CheckRun(const tracking::Run& run, const Histories& histories,
                  const tracking::Run& target);
  Status CopyModel(const LoggedModel& model, const Experiment& target);
  Status CopyRegistered(const RegisteredModel& model);
  Result<std::optional<std::int64_t>> CopyVersion(const ModelVersion& version,
                                                  const std::vector<ModelVersion>& there);
  bool FindSource(const ModelVersion& version, NewVersion& request);
  Status CopyAliases(const RegisteredModel& model, const std::map<std::int64_t, std::int64_t>& map);
  Status CopyFiles(const std::string& what, const std::string& source, const std::string& target,
                   bool& is_whole);
  void Problem(std::string text) { report_.problems.push_back(std::move(text)); }
  void Note(std::string text) { report_.notes.push_back(std::move(text)); }

  Store& from_;
  Store& to_;
  const TransferOptions& options_;
  TransferReport report_;
  FileCopier files_;
  std::map<std::string, std::string> run_of_source_;  // of the target's experiment at hand
  std::map<std::string, Moved> runs_, models_;
  std::vector<std::pair<std::string, std::string>> locations_;  // source, target
  std::int64_t runs_done_ = 0;
};

// Files that cannot be reached are a problem of theirs; the rest is copied all the same.
Status Transferring::CopyFiles(const std::string& what, const std::string& source,
                               const std::string& target, bool& is_whole) {
  if (options_.without_artifacts) return Status::Ok();
  const Status status = files_.Copy(source, target);
  if (status.ok()) return status;
  is_whole = false;
  Problem(what + ": " + status.message());
  return Status::Ok();
}

Result<std::optional<tracking::Run>> Transferring::FindRun(const tracking::Run& run) {
  const auto known = run_of_source_.find(run.id);
  Result<tracking::Run> found = to_.GetRun(known != run_of_source_.end() ? known->second : run.id);
  if (found.ok()) return std::optional(std::move(*found));
  if (found.status().code() == StatusCode::kNotFound) return std::optional<tracking::Run>();
  return found.status();
}

Result<Transferring::Histories> Transferring::FillRun(const tracking::Run& run,
                                                      const tracking::Run& target) {
  REEVE_RETURN_IF_ERROR(to_.LogParams(target.id, run.params));
  report_.params += static_cast<std::int64_t>(run.params.size());
  Histories histories;
  std::vector<MetricPoint> points;
  for (const auto& [key, latest] : run.metrics) {
    std::vector<MetricPoint>& history = histories[key];
    REEVE_ASSIGN_OR_RETURN(history, from_.MetricHistory(run.id, key));
    points.insert(points.end(), history.begin(), history.end());
  }
  REEVE_RETURN_IF_ERROR(to_.LogMetrics(target.id, points));
  report_.metric_points += static_cast<std::int64_t>(points.size());
  REEVE_RETURN_IF_ERROR(to_.SetTags(target.id, OwnTags(run.tags)));
  report_.tags += static_cast<std::int64_t>(OwnTags(run.tags).size());
  REEVE_ASSIGN_OR_RETURN(const std::vector<DatasetInput> inputs, from_.ListInputs(run.id));
  for (const DatasetInput& input : inputs) REEVE_RETURN_IF_ERROR(to_.LogInput(target.id, input));
  report_.inputs += static_cast<std::int64_t>(inputs.size());
  return histories;
}

// Reads back what was written.
Status Transferring::CheckRun(const tracking::Run& run, const Histories& histories,
                              const tracking::Run& target) {
  REEVE_ASSIGN_OR_RETURN(const tracking::Run there, to_.GetRun(target.id));
  const auto differs = [&](const std::string& what) {
    return Status::Corrupt("run " + run.id + " is not as it was after it was copied to " +
                           target.id + ": " + what);
  };
  if (const std::string missing = FirstMissing(run.params, there.params); !missing.empty())
    return differs("parameter " + missing);
  if (const std::string missing = FirstMissing(OwnTags(run.tags), there.tags); !missing.empty())
    return differs("tag " + missing);
  for (const auto& [key, ours] : histories) {
    REEVE_ASSIGN_OR_RETURN(const std::vector<MetricPoint> theirs,
                           to_.MetricHistory(target.id, key));
    const std::multiset<Place> expected = PlacesOf(ours), found = PlacesOf(theirs);
    if (!std::includes(found.begin(), found.end(), expected.begin(), expected.end()))
      return differs("metric " + Quote(key, 100) + " has " + std::to_string(theirs.size()) +
                     " points that are not the " + std::to_string(ours.size()) + " expected");
  }
  REEVE_ASSIGN_OR_RETURN(const std::vector<DatasetInput> ours, from_.ListInputs(run.id));
  REEVE_ASSIGN_OR_RETURN(const std::vector<DatasetInput> theirs, to_.ListInputs(target.id));
  if (theirs.size() < ours.size())
    return differs(std::to_string(theirs.size()) + " data sets, expected " +
                   std::to_string(ours.size()));
  return Status::Ok();
}

Status Transferring::CopyRun(const tracking::Run& run, const Experiment& target) {
  const std::string digest = DigestOf(run);
  REEVE_ASSIGN_OR_RETURN(std::optional<tracking::Run> there, FindRun(run));
  if (there) {
    runs_[run.id] = {there->id, there->artifact_uri};
    locations_.emplace_back(run.artifact_uri, there->artifact_uri);
    const auto own = there->tags.find(kTransferDigestTag);
    const bool is_copy = there->tags.contains(kTransferSourceTag);
    const bool is_its_own =
        !is_copy && !options_.completes_runs && there->status != RunStatus::kRunning;
    if (is_its_own || (own != there->tags.end() && own->second == digest)) {
      ++report_.runs.present;
      return Status::Ok();
    }
  } else {
    Tags tags = OwnTags(run.tags);
    tags[kTransferSourceTag] = run.id;
    REEVE_ASSIGN_OR_RETURN(there, to_.CreateRun({.experiment_id = target.id,
                                                 .name = run.name,
                                                 .user = run.user,
                                                 .tags = std::move(tags),
                                                 .id = run.id,
                                                 .start_ms = run.start_ms}));
    runs_[run.id] = {there->id, there->artifact_uri};
    locations_.emplace_back(run.artifact_uri, there->artifact_uri);
  }
  REEVE_ASSIGN_OR_RETURN(const Histories histories, FillRun(run, *there));
  bool is_whole = true;
  REEVE_RETURN_IF_ERROR(
      CopyFiles("run " + run.id, run.artifact_uri, there->artifact_uri, is_whole));
  if (run.status == RunStatus::kRunning || run.status == RunStatus::kScheduled) {
    is_whole = false;  // it will change
  } else {
    REEVE_RETURN_IF_ERROR(to_.EndRunAt(there->id, run.status, run.end_ms));
  }
  REEVE_RETURN_IF_ERROR(CheckRun(run, histories, *there));
  ++report_.runs.copied;
  if (!is_whole || options_.without_artifacts) return Status::Ok();
  return to_.SetTags(there->id, {{kTransferSourceTag, run.id}, {kTransferDigestTag, digest}});
}

Status Transferring::CopyModel(const LoggedModel& model, const Experiment& target) {
  NewLoggedModel request{.experiment_id = target.id,
                         .name = model.name,
                         .model_type = model.model_type,
                         .params = model.params,
                         .tags = {{kTransferSourceTag, model.id}},
                         .id = model.id,
                         .created_ms = model.created_ms};
  const auto run = runs_.find(model.source_run_id);
  if (run != runs_.end()) request.source_run_id = run->second.id;
  REEVE_ASSIGN_OR_RETURN(const LoggedModel there, to_.AddLoggedModel(request));
  models_[model.id] = {there.id, there.artifact_location};
  locations_.emplace_back(model.artifact_location, there.artifact_location);
  // What the target has of it may be the source itself, or a copy that is whole.
  const Result<LoggedModel> ready = to_.GetLoggedModel(there.id);
  if (ready.ok() &&
      (there.tags.contains(kTransferDigestTag) || !there.tags.contains(kTransferSourceTag))) {
    ++report_.logged_models.present;
    return Status::Ok();
  }
  bool is_whole = true;
  REEVE_RETURN_IF_ERROR(CopyFiles("logged model " + model.id, model.artifact_location,
                                  there.artifact_location, is_whole));
  std::vector<ModelMetric> metrics;
  for (ModelMetric metric : model.metrics) {
    const auto of_run = runs_.find(metric.run_id);
    if (of_run == runs_.end()) continue;
    metric.run_id = of_run->second.id;
    metrics.push_back(std::move(metric));
  }
  REEVE_RETURN_IF_ERROR(to_.LogModelMetrics(there, metrics));
  REEVE_RETURN_IF_ERROR(to_.FinishLoggedModel(there.id));
  Tags tags = OwnTags(model.tags);
  tags.erase(kVersionsTag);  // the target's versions are its own
  tags[kTransferSourceTag] = model.id;
  if (is_whole && !options_.without_artifacts) tags[kTransferDigestTag] = "complete";
  REEVE_RETURN_IF_ERROR(to_.SetLoggedModelTags(there.id, tags));
  ++report_.logged_models.copied;
  return Status::Ok();
}

Status Transferring::CopyExperiment(const Experiment& experiment) {
  ++report_.experiments.found;
  REEVE_ASSIGN_OR_RETURN(const std::vector<Experiment> known, to_.ListExperiments());
  const bool is_there = std::any_of(known.begin(), known.end(), [&](const Experiment& other) {
    return other.name == experiment.name;
  });
  ++(is_there ? report_.experiments.present : report_.experiments.copied);
  REEVE_ASSIGN_OR_RETURN(const Experiment target, to_.GetOrCreateExperiment(experiment.name));
  if (!is_there && !experiment.tags.empty())
    REEVE_RETURN_IF_ERROR(to_.SetExperimentTags(target.id, experiment.tags));
  run_of_source_.clear();
  REEVE_ASSIGN_OR_RETURN(const std::vector<tracking::Run> there, to_.ListRuns(target.id, kAll));
  for (const tracking::Run& run : there) {
    const auto source = run.tags.find(kTransferSourceTag);
    if (source != run.tags.end()) run_of_source_[source->second] = run.id;
  }
  REEVE_ASSIGN_OR_RETURN(const std::vector<tracking::Run> runs,
                         from_.ListRuns(experiment.id, kAll));
  report_.runs.found += static_cast<std::int64_t>(runs.size());
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {  // oldest first
    REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
    REEVE_RETURN_IF_ERROR(CopyRun(*run, target));
    if (options_.on_progress) options_.on_progress(++runs_done_, report_.runs.found);
  }
  REEVE_ASSIGN_OR_RETURN(const std::vector<LoggedModel> models,
                         from_.ListLoggedModels(experiment.id));
  report_.logged_models.found += static_cast<std::int64_t>(models.size());
  for (const LoggedModel& model : models) {
    REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
    REEVE_RETURN_IF_ERROR(CopyModel(model, target));
  }
  return Status::Ok();
}

// Where the files of a version lie at the target; false when they were not copied.
bool Transferring::FindSource(const ModelVersion& version, NewVersion& request) {
  constexpr std::string_view kModels = "models:/";
  const std::string& location =
      version.storage_location.empty() ? version.source : version.storage_location;
  const auto by_id = version.source.starts_with(kModels)
                         ? models_.find(version.source.substr(kModels.size()))
                         : models_.end();
  request.source = version.source;
  request.storage_location = location;
  if (by_id != models_.end()) {
    request.source = std::string(kModels) + by_id->second.id;
    request.model_id = by_id->second.id;
    request.storage_location = by_id->second.location;
    return true;
  }
  for (const auto& [source, target] : locations_) {
    if (location != source && !location.starts_with(source + "/")) continue;
    request.storage_location = target + location.substr(source.size());
    request.source = request.storage_location;
    return true;
  }
  return false;
}

Result<std::optional<std::int64_t>> Transferring::CopyVersion(
    const ModelVersion& version, const std::vector<ModelVersion>& there) {
  ++report_.versions.found;
  const std::string source = version.name + "/" + std::to_string(version.version) + "/" +
                             std::to_string(version.created_ms);
  const auto run = runs_.find(version.run_id);
  const std::string run_id = run != runs_.end() ? run->second.id : "";
  NewVersion request{.name = version.name,
                     .version = options_.keeps_numbers ? version.version : 0,
                     .source = {},
                     .storage_location = {},
                     .run_id = run_id,
                     .description = version.description,
                     .stage = version.stage,
                     .created_ms = version.created_ms,
                     .tags = OwnTags(version.tags)};
  request.tags[kTransferSourceTag] = source;
  const bool is_found = FindSource(version, request);
  for (const ModelVersion& known : there) {
    const auto own = known.tags.find(kTransferSourceTag);
    const bool is_copy = own != known.tags.end() && own->second == source;
    // The target is where the version came from.
    const bool is_itself = known.version == version.version && !run_id.empty() &&
                           known.run_id == run_id && run_id == version.run_id;
    // It was begun there, and the answer was lost.
    const bool was_begun =
        options_.completes_runs && !request.model_id.empty() && known.run_id == run_id &&
        (known.source == request.source || known.source == request.storage_location);
    if (!is_copy && !is_itself && !was_begun) continue;
    ++report_.versions.present;
    return std::optional(known.version);
  }
  if (!is_found) {
    Note("version " + std::to_string(version.version) + " of model " + Quote(version.name) +
         ": its files at " + Quote(request.storage_location, 300) +
         " belong to no run or model that was copied; the version names them where they are");
  }
  const Result<ModelVersion> made = to_.AddVersion(request);
  if (made.status().code() == StatusCode::kInvalidArgument ||
      made.status().code() == StatusCode::kNotFound) {
    Problem("version " + std::to_string(version.version) + " of model " + Quote(version.name) +
            ": " + made.status().message());
    return std::optional<std::int64_t>();
  }
  if (!made.ok()) return made.status();
  ++report_.versions.copied;
  if (options_.keeps_numbers && made->version != version.version) {
    Note("version " + std::to_string(version.version) + " of model " + Quote(version.name) +
         " became version " + std::to_string(made->version) + ": its number was taken");
  }
  return std::optional(made->version);
}

Status Transferring::CopyAliases(const RegisteredModel& model,
                                 const std::map<std::int64_t, std::int64_t>& map) {
  REEVE_ASSIGN_OR_RETURN(const RegisteredModel there, to_.GetModel(model.name));
  for (const auto& [alias, number] : model.aliases) {
    const auto target = map.find(number);
    if (target == map.end()) continue;
    ++report_.aliases.found;
    const auto own = there.aliases.find(alias);
    if (own != there.aliases.end() && own->second == target->second) {
      ++report_.aliases.present;
      continue;
    }
    if (own != there.aliases.end()) {
      REEVE_ASSIGN_OR_RETURN(const ModelVersion kept, to_.GetVersion(model.name, own->second));
      REEVE_ASSIGN_OR_RETURN(const ModelVersion ours, from_.GetVersion(model.name, number));
      if (!options_.moves_aliases || kept.created_ms > ours.created_ms) {
        Note("alias " + Quote(alias) + " of model " + Quote(model.name) + " is left at version " +
             std::to_string(own->second) + ", the copied one is " + std::to_string(target->second));
        continue;
      }
    }
    REEVE_RETURN_IF_ERROR(to_.SetAlias(model.name, alias, target->second));
    ++report_.aliases.copied;
  }
  return Status::Ok();
}

Status Transferring::CopyRegistered(const RegisteredModel& model) {
  REEVE_ASSIGN_OR_RETURN(std::vector<ModelVersion> versions, from_.ListVersions(model.name));
  if (!options_.experiments.empty()) {
    std::erase_if(versions,
                  [&](const ModelVersion& version) { return !runs_.contains(version.run_id); });
    if (versions.empty()) return Status::Ok();
  }
  ++report_.registered_models.found;
  const Status made = to_.CreateModel(model.name, model.description, model.tags);
  if (!made.ok() && made.code() != StatusCode::kAlreadyExists) return made;
  ++(made.ok() ? report_.registered_models.copied : report_.registered_models.present);
  REEVE_ASSIGN_OR_RETURN(const std::vector<ModelVersion> there, to_.ListVersions(model.name));
  std::map<std::int64_t, std::int64_t> map;
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {  // oldest first
    REEVE_RETURN_IF_ERROR(options_.cancellation->Check());
    // A server tells where it lies only when it is asked for one.
    REEVE_ASSIGN_OR_RETURN(const ModelVersion full, from_.GetVersion(model.name, version->version));
    REEVE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> number, CopyVersion(full, there));
    if (number) map[version->version] = *number;
  }
  return CopyAliases(model, map);
}

Result<TransferReport> Transferring::Run() {
  REEVE_ASSIGN_OR_RETURN(const std::vector<Experiment> experiments, from_.ListExperiments());
  for (const std::string& wanted : options_.experiments) {
    const bool is_there =
        std::any_of(experiments.begin(), experiments.end(),
                    [&](const Experiment& other) { return other.name == wanted; });
    if (!is_there) return Status::NotFound("experiment " + Quote(wanted) + " does not exist");
  }
  for (const Experiment& experiment : experiments) {
    const auto& wanted = options_.experiments;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), experiment.name) == wanted.end())
      continue;
    REEVE_RETURN_IF_ERROR(CopyExperiment(experiment));
  }
  REEVE_ASSIGN_OR_RETURN(const std::vector<RegisteredModel> models, from_.ListModels());
  for (const RegisteredModel& model : models) REEVE_RETURN_IF_ERROR(CopyRegistered(model));
  return report_;
}

}  // namespace

Result<TransferReport> Transfer(Store& from, Store& to, const TransferOptions& options) {
  return Transferring(from, to, options).Run();
}

}  // namespace reeve::tracking
