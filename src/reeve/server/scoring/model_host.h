#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/base/result.h"
#include "reeve/server/scoring/served_model.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/workflow/loaded_model.h"

namespace reeve::server {

struct ModelHostOptions {
  /// As on the command line: models:/NAME@ALIAS, a folder, a bare NAME … At least one.
  std::vector<std::string> models;
  /// Where names are looked up, at the start and again whenever an alias may have moved.
  tracking::StoreUris stores = {};
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
/// stays. Thread-safe.
class ModelHost final : public ModelDirectory {
 public:
  /// Loads every model; fails when one cannot be.
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
  using Models = std::vector<std::shared_ptr<const ServedModel>>;
  // Why the newest version of a model is not served, and since when.
  struct Refused {
    std::string version, reason;
    std::int64_t at_ms = 0;
  };

  explicit ModelHost(const ModelHostOptions& options) : options_(options) {}
  Result<std::shared_ptr<const ServedModel>> Load(const std::string& model) const;
  void LookAt(std::size_t slot);
  void Refuse(const std::string& model, const std::string& version, const std::string& reason);
  bool WasRefused(const std::string& model, const std::string& version) const;
  void Watch();

  const ModelHostOptions options_;
  std::atomic<std::shared_ptr<const Models>> models_;
  mutable std::mutex refused_mutex_;
  // By the model as it was asked for.
  std::map<std::string, Refused> refused_;

  std::mutex watch_mutex_;
  std::condition_variable watch_woken_;
  bool watch_stopped_ = false;
  std::thread watcher_;
};

}  // namespace reeve::server
