#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/tracking/store.h"
#include "reeve/workflow/spool.h"

namespace reeve::workflow {

/// One run in the tracking store, from its start to its end, with its artifacts on disk. Whatever
/// way it is left, the run does not stay RUNNING: without Publish it becomes FAILED (or KILLED) and
/// what was written of its model is removed. Not thread-safe.
class RunRecorder {
 public:
  struct Options {
    tracking::StoreUris stores;
    std::string experiment = "Default";
    std::string run_name;
    tracking::Tags tags;
    /// A version of its model is to be registered: whether it can be is asked at the start.
    bool registers = false;
    /// Folder in which is kept what cannot be sent to a server (spool.h); empty: nothing is kept.
    std::string spool;
    const Cancellation* cancellation = &Cancellation::Never();
  };
  /// Opens the store, sends what waits for it, marks runs of dead processes FAILED, creates the
  /// run.
  static Result<std::unique_ptr<RunRecorder>> Start(const Options& options);
  ~RunRecorder();

  const tracking::Run& run() const { return run_; }
  tracking::Store& store() { return *store_; }
  /// Folder of the run's artifacts on this disk; what is there is brought to a server by Publish.
  const std::string& artifact_folder() const { return artifact_folder_; }
  /// What the run becomes when it is left without Publish.
  void set_failure(tracking::RunStatus status, std::string note) {
    failure_ = status;
    note_ = std::move(note);
  }

  /// Whether a failure means that the server is gone, and what is recorded can be kept here.
  bool CanSpool(const Status& failure) const;
  /// From here on everything goes to the spool, where the run has its id; what was recorded so far
  /// has to be recorded again.
  Status SwitchToSpool();
  /// Folder of the spool after the switch, else empty.
  const std::string& spool_folder() const { return spool_folder_; }

  /// After Publish: the model's folder, or where it lies on a server.
  const std::string& model_place() const { return model_place_; }

  Status WriteArtifact(const std::string& name, std::string_view bytes);
  /// A logged model and the folder where its bundle belongs.
  Result<tracking::LoggedModel> CreateModel();
  Result<std::string> ModelFolder(const tracking::LoggedModel& model) const;
  /// Brings everything to its place, makes it visible at once and ends the run.
  Result<std::optional<tracking::ModelVersion>> Publish(tracking::Publication publication);

 private:
  explicit RunRecorder(const Options& options) : options_(options) {}

  Options options_;
  // Before the store, which ends first.
  std::unique_ptr<SpoolLock> spool_lock_;
  std::string spool_folder_;
  std::unique_ptr<tracking::Store> store_;
  tracking::Run run_;
  std::string artifact_folder_;
  std::string model_id_, model_folder_, model_location_, model_place_;
  tracking::RunStatus failure_ = tracking::RunStatus::kFailed;
  std::string note_;
  bool published_ = false;
};

}  // namespace reeve::workflow
