#include "reeve/workflow/run_recorder.h"

#include "reeve/base/file_system.h"
#include "reeve/base/log.h"
#include "reeve/base/user_name.h"
#include "reeve/tracking/process_mark.h"

namespace reeve::workflow {
namespace {

// Earlier trainings first. What cannot be sent waits on, and keeps nobody from training.
void SendWhatWaits(const RunRecorder::Options& options) {
  if (options.spool.empty() || !tracking::Store::IsServer(options.stores)) return;
  const auto sent = SyncSpool(
      {.stores = options.stores, .spool = options.spool, .cancellation = options.cancellation});
  if (!sent.ok())
    Log(LogLevel::kWarning,
        "what waits for the tracking server waits on: " + sent.status().message());
}

}  // namespace

Result<std::unique_ptr<RunRecorder>> RunRecorder::Start(const Options& options) {
  std::unique_ptr<RunRecorder> recorder(new RunRecorder(options));
  SendWhatWaits(options);
  REEVE_ASSIGN_OR_RETURN(
      recorder->store_,
      tracking::Store::Open(options.stores, {.cancellation = options.cancellation}));
  REEVE_RETURN_IF_ERROR(tracking::FailAbandonedRuns(*recorder->store_).status());
  REEVE_ASSIGN_OR_RETURN(const tracking::Experiment experiment,
                         recorder->store_->GetOrCreateExperiment(options.experiment));
  // Asked before there is a run, and long before there is something to write.
  REEVE_RETURN_IF_ERROR(recorder->store_->artifacts().Check(experiment.artifact_location));
  if (options.registers)
    REEVE_RETURN_IF_ERROR(recorder->store_->CheckRegistration(experiment.artifact_location));
  tracking::NewRun request{.experiment_id = experiment.id,
                           .name = options.run_name,
                           .user = UserName(),
                           .tags = options.tags};
  request.tags["mlflow.source.name"] = "reeve";
  request.tags["mlflow.source.type"] = "LOCAL";
  request.tags["mlflow.user"] = request.user;
  request.tags[tracking::kProcessTag] = tracking::CurrentProcessMark();
  REEVE_ASSIGN_OR_RETURN(recorder->run_, recorder->store_->CreateRun(request));
  REEVE_ASSIGN_OR_RETURN(recorder->artifact_folder_,
                         recorder->store_->artifacts().Stage(recorder->run_.artifact_uri));
  return recorder;
}

RunRecorder::~RunRecorder() {
  if (published_ || !store_ || run_.id.empty()) return;
  // A failure while recording a failure leaves the run RUNNING with our mark; the next command ends
  // it then.
  if (!note_.empty()) (void)store_->SetTags(run_.id, {{"reeve.note", note_}});
  (void)store_->EndRun(run_.id, failure_);
  if (!model_folder_.empty()) (void)FileSystem::System().Remove(model_folder_);
}

bool RunRecorder::CanSpool(const Status& failure) const {
  return failure.code() == StatusCode::kUnavailable && !options_.spool.empty() &&
         spool_folder_.empty() && tracking::Store::IsServer(options_.stores);
}

Status RunRecorder::SwitchToSpool() {
  const Spool spool = SpoolOf(options_.spool, options_.stores);
  REEVE_ASSIGN_OR_RETURN(spool_lock_, SpoolLock::Take(spool, SpoolLock::WhenTaken::kWait));
  REEVE_ASSIGN_OR_RETURN(auto store, tracking::Store::Open(spool.uri, {}));
  REEVE_ASSIGN_OR_RETURN(const tracking::Experiment experiment,
                         store->GetOrCreateExperiment(options_.experiment));
  REEVE_ASSIGN_OR_RETURN(run_, store->CreateRun({.experiment_id = experiment.id,
                                                 .name = run_.name,
                                                 .user = run_.user,
                                                 .tags = run_.tags,
                                                 .id = run_.id,
                                                 .start_ms = run_.start_ms}));
  REEVE_ASSIGN_OR_RETURN(artifact_folder_, store->artifacts().Stage(run_.artifact_uri));
  store_ = std::move(store);
  spool_folder_ = spool.folder;
  return Status::Ok();
}

Status RunRecorder::WriteArtifact(const std::string& name, std::string_view bytes) {
  const std::string path = JoinPath(artifact_folder_, name);
  REEVE_RETURN_IF_ERROR(FileSystem::System().CreateFolders(ParentFolder(path)));
  return WriteAtomically(FileSystem::System(), path, bytes);
}

Result<tracking::LoggedModel> RunRecorder::CreateModel() {
  REEVE_ASSIGN_OR_RETURN(tracking::LoggedModel model,
                         store_->AddLoggedModel({.experiment_id = run_.experiment_id,
                                                 .name = "model",
                                                 .source_run_id = run_.id,
                                                 .id = model_id_}));
  model_id_ = model.id;
  REEVE_ASSIGN_OR_RETURN(model_folder_, ModelFolder(model));
  model_location_ = model.artifact_location;
  REEVE_RETURN_IF_ERROR(FileSystem::System().CreateFolders(ParentFolder(model_folder_)));
  return model;
}

Result<std::string> RunRecorder::ModelFolder(const tracking::LoggedModel& model) const {
  return store_->artifacts().Stage(model.artifact_location);
}

Result<std::optional<tracking::ModelVersion>> RunRecorder::Publish(
    tracking::Publication publication) {
  publication.run_id = run_.id;
  REEVE_RETURN_IF_ERROR(store_->artifacts().Upload(run_.artifact_uri).status());
  if (!model_location_.empty()) {
    REEVE_ASSIGN_OR_RETURN(model_place_, store_->artifacts().Upload(model_location_));
  }
  Result<std::optional<tracking::ModelVersion>> version = store_->Publish(publication);
  published_ = version.ok();
  return version;
}

}  // namespace reeve::workflow
