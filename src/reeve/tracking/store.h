#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/clock.h"
#include "reeve/base/result.h"
#include "reeve/tracking/artifacts.h"
#include "reeve/tracking/records.h"
#include "reeve/tracking/registry_event.h"
#include "reeve/tracking/store_uris.h"

namespace reeve::tracking {

struct StoreOptions {
  /// Make the store when it is not there; otherwise that is kNotFound.
  bool create = true;
  /// Not owned; has to outlive the store.
  const Clock* clock = &Clock::System();
  /// How long to wait for locks that others hold, in milliseconds.
  int busy_ms = 20'000;
  /// Ends waits for a server that does not answer; not owned, has to outlive the store.
  const Cancellation* cancellation = &Cancellation::Never();
  /// False for who asks for no metrics: those that wait beside a database are not written into it.
  bool reads_metrics = true;
  /// Of a database: where a location of artifacts in it really is, a path or s3://BUCKET/PATH, for
  /// who knows what lies behind its server, or lets only some places be read. Null: as it stands.
  std::function<Result<std::string>(const std::string& location)> locate = nullptr;
};

struct NewRun {
  std::string experiment_id;
  /// Empty: a readable name is made up.
  std::string name = "";
  std::string user = "";
  Tags tags = {};
  /// The id it shall have, 32 hexadecimal digits; empty: a new one. A server gives its own.
  std::string id = "";
  /// When it was started; 0: now.
  std::int64_t start_ms = 0;
};

struct NewLoggedModel {
  std::string experiment_id;
  std::string name;
  /// The run that made it; empty for none.
  std::string source_run_id;
  std::string model_type = "classifier";
  std::map<std::string, std::string> params = {};
  Tags tags = {};
  /// As for runs.
  std::string id = "";
  std::int64_t created_ms = 0;
};

struct NewVersion {
  /// Of a registered model that is there.
  std::string name;
  /// The number it shall have. A server counts by itself, and what is taken is taken: the version
  /// then gets the next one.
  std::int64_t version = 0;
  /// models:/m-…, or the location of the artifacts.
  std::string source;
  /// Where the artifacts lie. A server finds that out by itself.
  std::string storage_location;
  std::string run_id;
  /// Logged model of the source; empty for none.
  std::string model_id = "";
  std::string description = "";
  std::string stage = "None";
  std::int64_t created_ms = 0;
  Tags tags = {};
};

/// What makes a finished run's model visible, all of it at once.
struct Publication {
  std::string run_id;
  /// Logged model that becomes READY; empty for none.
  std::string model_id = "";
  /// Registered model to make a version of; empty for none.
  std::string registered_name = "";
  /// Alias that moves to the new version; empty for none.
  std::string alias = "";
  std::string description = "";
  /// Of the version.
  Tags tags = {};
  RunStatus status = RunStatus::kFinished;
};

/// Runs, models and versions, as MLflow knows them. Several processes may use one store at once.
/// Thread-safe. Fails with kUnavailable when the store cannot be reached or stays locked, kIo when
/// it cannot be written, kNotFound for what is not there (naming the nearest).
class Store {
 public:
  virtual ~Store() = default;

  /// sqlite:///relative.db, sqlite:////absolute.db, postgresql://USER:PASSWORD@HOST:PORT/DATABASE
  /// (its runs' artifacts lie below the working folder, in mlruns), or a tracking server:
  /// http://HOST:PORT, https://HOST/PREFIX. Other schemes are kInvalidArgument.
  static Result<std::unique_ptr<Store>> Open(const std::string& uri, const StoreOptions& options);
  /// Both of a pair as one store (paired_store.h), or the one that both URIs name.
  static Result<std::unique_ptr<Store>> Open(const StoreUris& uris, const StoreOptions& options);

  /// Whether a URI names a tracking server, which may go away, and not a database.
  static bool IsServer(const std::string& uri);
  /// Whether one of the two does.
  static bool IsServer(const StoreUris& uris) {
    return IsServer(uris.tracking) || IsServer(uris.registry);
  }

  /// The folder beside which relative artifact locations are resolved.
  virtual const std::string& folder() const = 0;
  /// The files of its runs and models, by their locations.
  virtual Artifacts& artifacts() = 0;
  /// Whether a model whose files lie below `location` can be registered, as far as that is known
  /// before there is one.
  virtual Status CheckRegistration(const std::string& location) {
    (void)location;
    return Status::Ok();
  }

  virtual Result<Experiment> GetOrCreateExperiment(const std::string& name) = 0;
  virtual Result<std::vector<Experiment>> ListExperiments() = 0;

  virtual Result<Run> CreateRun(const NewRun& run) = 0;
  virtual Result<Run> GetRun(const std::string& run_id) = 0;
  /// Newest first; deleted ones are left out. An empty experiment id means all.
  virtual Result<std::vector<Run>> ListRuns(const std::string& experiment_id,
                                            std::int64_t most) = 0;
  /// Runs whose status is RUNNING, newest first, without deleted ones.
  virtual Result<std::vector<Run>> ListRunning() = 0;
  virtual Status LogParams(const std::string& run_id,
                           const std::map<std::string, std::string>& params) = 0;
  /// NaN and infinities are kept as MLflow keeps them.
  virtual Status LogMetrics(const std::string& run_id, const std::vector<MetricPoint>& points) = 0;
  virtual Status SetTags(const std::string& run_id, const Tags& tags) = 0;
  Status EndRun(const std::string& run_id, RunStatus status) { return EndRunAt(run_id, status, 0); }
  /// `end_ms` is when it ended; 0: now.
  virtual Status EndRunAt(const std::string& run_id, RunStatus status, std::int64_t end_ms) = 0;
  /// Ends a run and sets `tags`, both or neither, if it is still RUNNING. Returns whether it was.
  virtual Result<bool> EndIfRunning(const std::string& run_id, RunStatus status,
                                    const Tags& tags) = 0;
  virtual Status DeleteRun(const std::string& run_id) = 0;
  virtual Result<std::vector<MetricPoint>> MetricHistory(const std::string& run_id,
                                                         const std::string& key) = 0;
  virtual Status LogInput(const std::string& run_id, const DatasetInput& input) = 0;
  virtual Result<std::vector<DatasetInput>> ListInputs(const std::string& run_id) = 0;

  /// A PENDING logged model of a run, and its edge from the run.
  Result<LoggedModel> CreateLoggedModel(const Run& run, const std::string& name) {
    return AddLoggedModel(
        {.experiment_id = run.experiment_id, .name = name, .source_run_id = run.id});
  }
  /// The same with all there is to say about it. Where the run already has a model of that id, or
  /// one with all of these tags, it is that one.
  virtual Result<LoggedModel> AddLoggedModel(const NewLoggedModel& model) = 0;
  /// Those that are READY, oldest first.
  virtual Result<std::vector<LoggedModel>> FindLoggedModels(const std::string& run_id) = 0;
  /// By its id, "m-…"; kNotFound also while it is PENDING.
  virtual Result<LoggedModel> GetLoggedModel(const std::string& model_id) = 0;

  /// In one transaction: the logged model is READY, the version exists, the alias has moved, the
  /// run has ended. Returns the version, if one was made. Names that MLflow does not take (names.h)
  /// are kInvalidArgument.
  virtual Result<std::optional<ModelVersion>> Publish(const Publication& publication) = 0;

  virtual Result<std::vector<RegisteredModel>> ListModels() = 0;
  virtual Result<RegisteredModel> GetModel(const std::string& name) = 0;
  /// Newest first; deleted ones are left out. A server tells the storage location only of a version
  /// that is asked for by its number.
  virtual Result<std::vector<ModelVersion>> ListVersions(const std::string& name) = 0;
  virtual Result<ModelVersion> GetVersion(const std::string& name, std::int64_t version) = 0;
  virtual Status SetAlias(const std::string& name, const std::string& alias,
                          std::int64_t version) = 0;
  virtual Status DeleteAlias(const std::string& name, const std::string& alias) = 0;
  /// "None", "Staging", "Production", "Archived", in any case.
  virtual Status SetStage(const std::string& name, std::int64_t version,
                          const std::string& stage) = 0;
  virtual Status DeleteVersion(const std::string& name, std::int64_t version) = 0;
  /// What happened to a registered model, oldest first, with what nobody recorded
  /// (WithUnrecorded); earlier names count too. Nothing when the store keeps no history, as
  /// MLflow's server. kNotFound when there neither is nor was a model of that name.
  virtual Result<std::optional<std::vector<RegistryEvent>>> ListRegistryEvents(
      const std::string& name) = 0;

  // What copying from one store to another needs beyond that.

  virtual Status SetExperimentTags(const std::string& experiment_id, const Tags& tags) = 0;
  /// READY models of an experiment with all that is known of them, oldest first.
  virtual Result<std::vector<LoggedModel>> ListLoggedModels(const std::string& experiment_id) = 0;
  virtual Status LogModelMetrics(const LoggedModel& model,
                                 const std::vector<ModelMetric>& metrics) = 0;
  virtual Status FinishLoggedModel(const std::string& model_id) = 0;
  virtual Status SetLoggedModelTags(const std::string& model_id, const Tags& tags) = 0;
  /// A registered model without versions. kAlreadyExists when there is one of that name.
  virtual Status CreateModel(const std::string& name, const std::string& description,
                             const Tags& tags) = 0;
  virtual Result<ModelVersion> AddVersion(const NewVersion& version) = 0;
};

}  // namespace reeve::tracking
