#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/tracking/rest/api.h"
#include "reeve/tracking/rest/server_files.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

/// The store of a tracking server (`mlflow server` and what speaks like it), over its REST API.
/// The server knows no transactions: what Store promises to happen at once happens here in an order
/// in which nothing becomes visible before it is complete. Thread-safe: one call after the other.
class RestStore final : public Store {
 public:
  struct Options {
    Credentials credentials;
    HttpOptions http;
    Artifacts::Options artifacts;
    /// Not owned; has to outlive the store.
    const Clock* clock = &Clock::System();
  };
  /// Credentials and folder of the cache from the environment. Does not connect yet: a server that
  /// cannot be reached is noticed by the first call.
  static Result<std::unique_ptr<RestStore>> Open(const std::string& uri,
                                                 const StoreOptions& options);
  static Result<std::unique_ptr<RestStore>> Open(const std::string& uri, const Options& options);

  /// The root of the file system: relative locations would be relative to the server's folder.
  const std::string& folder() const override { return folder_; }
  Artifacts& artifacts() override { return artifacts_; }
  Result<Experiment> GetOrCreateExperiment(const std::string& name) override;
  Result<std::vector<Experiment>> ListExperiments() override;
  Result<Run> CreateRun(const NewRun& request) override;
  Result<Run> GetRun(const std::string& run_id) override;
  Result<std::vector<Run>> ListRuns(const std::string& experiment_id, std::int64_t most) override;
  Result<std::vector<Run>> ListRunning() override;
  Status LogParams(const std::string& run_id,
                   const std::map<std::string, std::string>& params) override;
  Status LogMetrics(const std::string& run_id, const std::vector<MetricPoint>& points) override;
  Status SetTags(const std::string& run_id, const Tags& tags) override;
  Status EndRunAt(const std::string& run_id, RunStatus status, std::int64_t end_ms) override;
  /// Looks, then writes: a run that ends in between is ended once more.
  Result<bool> EndIfRunning(const std::string& run_id, RunStatus status, const Tags& tags) override;
  Status DeleteRun(const std::string& run_id) override;
  Result<std::vector<MetricPoint>> MetricHistory(const std::string& run_id,
                                                 const std::string& key) override;
  Status LogInput(const std::string& run_id, const DatasetInput& input) override;
  Result<std::vector<DatasetInput>> ListInputs(const std::string& run_id) override;
  Result<LoggedModel> AddLoggedModel(const NewLoggedModel& request) override;
  Result<std::vector<LoggedModel>> FindLoggedModels(const std::string& run_id) override;
  Result<LoggedModel> GetLoggedModel(const std::string& model_id) override;
  /// Model ready, version, alias, end of the run, in this order.
  Result<std::optional<ModelVersion>> Publish(const Publication& publication) override;
  Result<std::vector<RegisteredModel>> ListModels() override;
  Result<RegisteredModel> GetModel(const std::string& name) override;
  Result<std::vector<ModelVersion>> ListVersions(const std::string& name) override;
  Result<ModelVersion> GetVersion(const std::string& name, std::int64_t version) override;
  Status SetAlias(const std::string& name, const std::string& alias, std::int64_t version) override;
  Status DeleteAlias(const std::string& name, const std::string& alias) override;
  Status SetStage(const std::string& name, std::int64_t version, const std::string& stage) override;
  Status DeleteVersion(const std::string& name, std::int64_t version) override;
  Status SetExperimentTags(const std::string& experiment_id, const Tags& tags) override;
  Result<std::vector<LoggedModel>> ListLoggedModels(const std::string& experiment_id) override;
  Status LogModelMetrics(const LoggedModel& model,
                         const std::vector<ModelMetric>& metrics) override;
  Status FinishLoggedModel(const std::string& model_id) override;
  Status SetLoggedModelTags(const std::string& model_id, const Tags& tags) override;
  Status CreateModel(const std::string& name, const std::string& description,
                     const Tags& tags) override;
  /// Numbers that are free below the wanted one are used up: versions are made and deleted, as they
  /// were where this one comes from.
  Result<ModelVersion> AddVersion(const NewVersion& request) override;
  Result<std::optional<std::vector<RegistryEvent>>> ListRegistryEvents(
      const std::string& name) override;

 private:
  /// Of a run, by id or by all of its tags; nothing when there is none.
  Result<std::optional<Json>> FindLoggedModel(const NewLoggedModel& request);
  RestStore(std::unique_ptr<HttpClient> http, const Options& options)
      : api_(std::move(http)),
        files_(api_),
        artifacts_(
            [this](const auto& location, ArtifactUse use) { return files_.Find(location, use); },
            options.artifacts),
        clock_(options.clock) {}

  /// Runs of the experiments that a filter of MLflow's grammar lets through, newest first.
  Result<std::vector<Run>> SearchRuns(const std::vector<std::string>& experiment_ids,
                                      const std::string& filter, std::int64_t most);
  Result<Json> GetRunJson(const std::string& run_id);
  Result<Experiment> FindExperiment(const std::string& name);
  Status LogOutput(const std::string& run_id, const std::string& model_id);
  Status LogModelParams(const std::string& model_id, const Json& params);
  /// model-versions/create, once; a version up to `after` is not the one that was asked for.
  Result<Json> MakeVersion(const Json& fields, std::int64_t after);
  /// kNotFound with the nearest name.
  Status MissingModel(const std::string& name);
  /// kNotFound with the versions that are there.
  Status MissingVersion(const std::string& name, std::int64_t version);
  /// What a call about a version came to: MissingVersion when it is not there.
  Status VersionStatus(Status status, const std::string& name, std::int64_t version);

  Api api_;
  ServerFiles files_;
  Artifacts artifacts_;
  std::string folder_ = "/";
  const Clock* clock_;
};

}  // namespace reeve::tracking
