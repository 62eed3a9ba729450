#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/base/result.h"
#include "reeve/server/scoring/served_model.h"
#include "reeve/tracking/store.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/workflow/loaded_model.h"

namespace reeve::server {

/// Which models are served.
struct ModelChoice {
  /// As on the command line: models:/NAME@ALIAS, a folder, a bare NAME … None: every registered
  /// model that has the alias champion, as they come and go.
  std::vector<std::string> models = {};
  /// Whether `models` that the registry does not have yet are waited for; else they fail the start.
  bool waits = false;
  /// Where names are looked up, at the start and again whenever an alias may have moved.
  tracking::StoreUris stores = {};
  /// See StoreOptions::locate.
  std::function<Result<std::string>(const std::string& location)> locate = nullptr;
};

struct ModelHostOptions {
  ModelChoice choice;
  /// How often names are looked up again, in milliseconds: in a file, and at a tracking server.
  std::int64_t watch_ms = 1000, watch_server_ms = 3000;
  /// How long a version that could not be loaded is left alone before it is tried again.
  std::int64_t retry_ms = 30'000;
  /// Not owned; may be null in tests.
  ServiceMetrics* metrics = nullptr;
  const Clock* clock = &Clock::System();
};

/// Loads the models of a service and follows their aliases: a new version is found, loaded,
/// verified by its checksums, warmed, and only then put in place of the old one, which lives until
/// the last request that holds it. A version that cannot be loaded is refused and the old one
/// stays. A champion whose alias or model was deleted is served no longer. Thread-safe.
class ModelHost final : public ModelDirectory {
 public:
  /// Loads every model. Fails when one that was asked for cannot be, unless it may be waited for;
  /// of champions those that cannot be loaded are refused.
  static Result<std::unique_ptr<ModelHost>> Open(const ModelHostOptions& options);
  ~ModelHost() override;

  /// Looks again and again in a thread of its own, until StopWatching or destruction.
  void StartWatching();
  void StopWatching();
  /// One look at every name: what the thread does.
  void LookAgain();

  std::shared_ptr<const ServedModel> Find(std::string_view name,
                                          std::string_view version) const override;
  std::vector<std::shared_ptr<const ServedModel>> List() const override;
  std::vector<std::string> Versions(std::string_view name) const override;
  std::vector<std::pair<std::string, std::string>> Problems() const override;

 private:
  // A model that is to be served.
  struct Slot {
    // As it was asked for; of a champion "models:/NAME@champion".
    std::string asked;
    // For messages and metrics while nothing is served: the registered name of a champion.
    std::string name;
    // Of a champion: when its model was registered, and the version that the alias points to.
    std::int64_t registered_ms = 0;
    std::string version = {};
    // Null while it is not there, or cannot be loaded.
    std::shared_ptr<const ServedModel> served = nullptr;
  };
  using Slots = std::vector<Slot>;
  // Why the newest version of a model is not served, and since when.
  struct Refused {
    std::string version, reason;
    std::int64_t at_ms = 0;
  };

  explicit ModelHost(const ModelHostOptions& options);
  bool follows_champions() const { return options_.choice.models.empty(); }
  tracking::StoreOptions StoreOptions() const;
  Status LoadNamed();
  Result<Slots> FindChampions() const;
  void FollowChampions();
  Result<std::shared_ptr<const ServedModel>> Load(const std::string& model) const;
  void LookAt(std::size_t slot);
  void Put(std::size_t slot, std::shared_ptr<const ServedModel> served);
  void Refuse(const Slot& slot, const std::string& version, const std::string& reason);
  void Accept(const std::string& asked);
  bool WasRefused(const Slot& slot, const std::string& version) const;
  void Watch();

  const ModelHostOptions options_;
  // Written by one thread: that of Open, then the watcher's.
  std::atomic<std::shared_ptr<const Slots>> slots_;
  mutable std::mutex refused_mutex_;
  // By the model as it was asked for.
  std::map<std::string, Refused> refused_;

  std::mutex watch_mutex_;
  std::condition_variable watch_woken_;
  bool watch_stopped_ = false;
  std::thread watcher_;
};

}  // namespace reeve::server
