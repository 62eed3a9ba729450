#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reeve/tracking/store.h"

namespace reeve::tracking {

/// Two stores as one: runs, their models and all files in the one, registered models, versions and
/// aliases in the other. The registry knows neither the runs nor the logged models of the other
/// store, so a version's source is the location of its files, and locations are those of the store
/// of runs. What becomes visible together in one store does so here in the order in which nothing
/// is seen before it is complete: logged model, version, alias, end of the run.
class PairedStore final : public Store {
 public:
  /// `is_server`: the registry is one.
  PairedStore(std::unique_ptr<Store> runs, std::unique_ptr<Store> registry, bool is_server)
      : runs_(std::move(runs)), registry_(std::move(registry)), is_server_(is_server) {}

  const std::string& folder() const override { return runs_->folder(); }
  Artifacts& artifacts() override { return runs_->artifacts(); }
  /// A server takes files on somebody's disk, or behind a tracking server, only where it knows the
  /// run or model itself.
  Status CheckRegistration(const std::string& location) override;

  Result<Experiment> GetOrCreateExperiment(const std::string& name) override {
    return runs_->GetOrCreateExperiment(name);
  }
  Result<std::vector<Experiment>> ListExperiments() override { return runs_->ListExperiments(); }
  Result<Run> CreateRun(const NewRun& run) override { return runs_->CreateRun(run); }
  Result<Run> GetRun(const std::string& run_id) override { return runs_->GetRun(run_id); }
  Result<std::vector<Run>> ListRuns(const std::string& experiment_id, std::int64_t most) override {
    return runs_->ListRuns(experiment_id, most);
  }
  Result<std::vector<Run>> ListRunning() override { return runs_->ListRunning(); }
  Status LogParams(const std::string& run_id,
                   const std::map<std::string, std::string>& params) override {
    return runs_->LogParams(run_id, params);
  }
  Status LogMetrics(const std::string& run_id, const std::vector<MetricPoint>& points) override {
    return runs_->LogMetrics(run_id, points);
  }
  Status SetTags(const std::string& run_id, const Tags& tags) override {
    return runs_->SetTags(run_id, tags);
  }
  Status EndRunAt(const std::string& run_id, RunStatus status, std::int64_t end_ms) override {
    return runs_->EndRunAt(run_id, status, end_ms);
  }
  Result<bool> EndIfRunning(const std::string& run_id, RunStatus status,
                            const Tags& tags) override {
    return runs_->EndIfRunning(run_id, status, tags);
  }
  Status DeleteRun(const std::string& run_id) override { return runs_->DeleteRun(run_id); }
  Result<std::vector<MetricPoint>> MetricHistory(const std::string& run_id,
                                                 const std::string& key) override {
    return runs_->MetricHistory(run_id, key);
  }
  Status LogInput(const std::string& run_id, const DatasetInput& input) override {
    return runs_->LogInput(run_id, input);
  }
  Result<std::vector<DatasetInput>> ListInputs(const std::string& run_id) override {
    return runs_->ListInputs(run_id);
  }
  Result<LoggedModel> AddLoggedModel(const NewLoggedModel& model) override {
    return runs_->AddLoggedModel(model);
  }
  Result<std::vector<LoggedModel>> FindLoggedModels(const std::string& run_id) override {
    return runs_->FindLoggedModels(run_id);
  }
  Result<LoggedModel> GetLoggedModel(const std::string& model_id) override {
    return runs_->GetLoggedModel(model_id);
  }
  Status SetExperimentTags(const std::string& experiment_id, const Tags& tags) override {
    return runs_->SetExperimentTags(experiment_id, tags);
  }
  Result<std::vector<LoggedModel>> ListLoggedModels(const std::string& experiment_id) override {
    return runs_->ListLoggedModels(experiment_id);
  }
  Status LogModelMetrics(const LoggedModel& model,
                         const std::vector<ModelMetric>& metrics) override {
    return runs_->LogModelMetrics(model, metrics);
  }
  Status FinishLoggedModel(const std::string& model_id) override {
    return runs_->FinishLoggedModel(model_id);
  }
  Status SetLoggedModelTags(const std::string& model_id, const Tags& tags) override {
    return runs_->SetLoggedModelTags(model_id, tags);
  }

  Result<std::vector<RegisteredModel>> ListModels() override { return registry_->ListModels(); }
  Result<RegisteredModel> GetModel(const std::string& name) override {
    return registry_->GetModel(name);
  }
  Result<std::vector<ModelVersion>> ListVersions(const std::string& name) override {
    return registry_->ListVersions(name);
  }
  Result<ModelVersion> GetVersion(const std::string& name, std::int64_t version) override {
    return registry_->GetVersion(name, version);
  }
  Status SetAlias(const std::string& name, const std::string& alias,
                  std::int64_t version) override {
    return registry_->SetAlias(name, alias, version);
  }
  Status DeleteAlias(const std::string& name, const std::string& alias) override {
    return registry_->DeleteAlias(name, alias);
  }
  Status SetStage(const std::string& name, std::int64_t version,
                  const std::string& stage) override {
    return registry_->SetStage(name, version, stage);
  }
  Status DeleteVersion(const std::string& name, std::int64_t version) override {
    return registry_->DeleteVersion(name, version);
  }
  Result<std::optional<std::vector<RegistryEvent>>> ListRegistryEvents(
      const std::string& name) override {
    return registry_->ListRegistryEvents(name);
  }
  Status CreateModel(const std::string& name, const std::string& description,
                     const Tags& tags) override {
    return registry_->CreateModel(name, description, tags);
  }

  Result<std::optional<ModelVersion>> Publish(const Publication& publication) override;
  Result<ModelVersion> AddVersion(const NewVersion& request) override;

 private:
  /// The version that a publication asks for, and its alias.
  Result<ModelVersion> Register(const Publication& publication);
  /// Notes a version on its logged model, as MLflow does.
  Status NoteVersion(const LoggedModel& model, const ModelVersion& version);

  const std::unique_ptr<Store> runs_, registry_;
  const bool is_server_;
};

}  // namespace reeve::tracking
