#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reeve/base/file_system.h"
#include "reeve/sql/database.h"
#include "reeve/tracking/store.h"

namespace reeve::tracking {

/// A store in MLflow's own schema. A file that is new gets the schema of kSchemaRevision; one that
/// MLflow made or upgraded is used as it is: columns are named, nothing is migrated, and rows are
/// looked for before they are inserted, since later schemas have other keys.
class SqlStore final : public Store {
 public:
  /// `uri` is a database's, see sql::Open.
  static Result<std::unique_ptr<SqlStore>> Open(const std::string& uri,
                                                const StoreOptions& options);

  const std::string& folder() const override { return folder_; }
  Artifacts& artifacts() override { return artifacts_; }
  Result<Experiment> GetOrCreateExperiment(const std::string& name) override;
  Result<std::vector<Experiment>> ListExperiments() override;
  Result<Run> CreateRun(const NewRun& run) override;
  Result<Run> GetRun(const std::string& run_id) override;
  Result<std::vector<Run>> ListRuns(const std::string& experiment_id, std::int64_t most) override;
  Status LogParams(const std::string& run_id,
                   const std::map<std::string, std::string>& params) override;
  Status LogMetrics(const std::string& run_id, const std::vector<MetricPoint>& points) override;
  Status SetTags(const std::string& run_id, const Tags& tags) override;
  Result<std::vector<Run>> ListRunning() override;
  Result<bool> EndIfRunning(const std::string& run_id, RunStatus status, const Tags& tags) override;
  Status EndRunAt(const std::string& run_id, RunStatus status, std::int64_t end_ms) override;
  Status DeleteRun(const std::string& run_id) override;
  Result<std::vector<MetricPoint>> MetricHistory(const std::string& run_id,
                                                 const std::string& key) override;
  Status LogInput(const std::string& run_id, const DatasetInput& input) override;
  Result<std::vector<DatasetInput>> ListInputs(const std::string& run_id) override;
  Result<LoggedModel> AddLoggedModel(const NewLoggedModel& request) override;
  Result<std::vector<LoggedModel>> FindLoggedModels(const std::string& run_id) override;
  Result<LoggedModel> GetLoggedModel(const std::string& model_id) override;
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
  Result<ModelVersion> AddVersion(const NewVersion& version) override;
  Result<std::optional<std::vector<RegistryEvent>>> ListRegistryEvents(
      const std::string& name) override;

 private:
  Status FillLoggedModel(LoggedModel& model);
  Result<std::optional<LoggedModel>> FindLoggedModel(const NewLoggedModel& request);
  Status WriteLoggedModelTags(const std::string& model_id, const Tags& tags);
  Status WriteVersionTags(const std::string& name, std::int64_t version, const Tags& tags);
  SqlStore(std::unique_ptr<sql::Database> database, std::string folder,
           const StoreOptions& options);

  Status CheckRun(const std::string& run_id);
  Result<std::vector<Run>> ReadRuns(sql::Statement rows);
  Status FillRun(Run& run);
  Status WriteTags(const std::string& run_id, const Tags& tags);
  /// Into params or tags, values cut to `most_bytes`.
  Status WriteTexts(const char* table, std::size_t most_bytes, const std::string& run_id,
                    const std::map<std::string, std::string>& texts);
  Status WriteEnd(const std::string& run_id, RunStatus status, std::int64_t end_ms);
  Status FillVersion(ModelVersion& version);
  Status FillModel(RegisteredModel& model);
  Result<std::vector<std::string>> ModelNames();
  Status CheckModel(const std::string& name);
  /// kNotFound with the versions that are there.
  Status MissingVersion(const std::string& name, std::int64_t version);
  Status CheckVersion(const std::string& name, std::int64_t version);
  Result<std::int64_t> WriteVersion(const Publication& publication);
  /// Empty when there is no such alias.
  Result<std::string> AliasVersion(const std::string& name, const std::string& alias);
  Status WriteAlias(const std::string& name, const std::string& alias, std::int64_t version);
  /// Those that point to the version which the event says is deleted.
  Status DeleteAliasesOf(const RegistryEvent& version);
  Status NoteVersionOnModel(const std::string& model_id, const std::string& name,
                            std::int64_t version);

  std::mutex mutex_;
  std::unique_ptr<sql::Database> database_;
  std::string folder_;
  Artifacts artifacts_;
  const Clock* clock_;
};

}  // namespace reeve::tracking
