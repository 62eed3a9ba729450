#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/tracking/transfer.h"

namespace reeve::workflow {

/// Where what could not be sent to a tracking server waits: a tracking store of its own (an SQLite
/// file and its artifacts) for each server, below one folder. Several processes may use one; each
/// holds its lock while it writes or sends.
struct Spool {
  /// ROOT/HOST_PORT-DIGEST
  std::string folder;
  /// The store in it.
  std::string uri;
};

/// The spool of a server, or of a pair of stores, below the folder `root`. Makes nothing.
Spool SpoolOf(const std::string& root, const tracking::StoreUris& stores);

/// Held while it lives.
class SpoolLock {
 public:
  /// What is done while another process has it: wait for it, or fail with kUnavailable.
  enum class WhenTaken { kWait, kFail };
  static Result<std::unique_ptr<SpoolLock>> Take(const Spool& spool, WhenTaken when_taken);
  ~SpoolLock();
  SpoolLock(const SpoolLock&) = delete;
  SpoolLock& operator=(const SpoolLock&) = delete;

 private:
  explicit SpoolLock(int file) : file_(file) {}
  int file_;
};

struct SyncRequest {
  tracking::StoreUris stores;
  /// The root of the spools.
  std::string spool;
  const Cancellation* cancellation = &Cancellation::Never();
  std::function<void(std::int64_t done, std::int64_t total)> on_progress = {};
};

/// Sends what waits for a server, the oldest run first, each once: runs that were begun there are
/// completed, models registered, aliases moved unless they point to a newer version by now. The
/// spool is removed when all of it was sent and read back. Nothing when nothing waits.
Result<std::optional<tracking::TransferReport>> SyncSpool(const SyncRequest& request);

}  // namespace reeve::workflow
