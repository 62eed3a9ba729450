#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reeve/base/result.h"

namespace reeve::server {

/// A file that is being written under a hidden name beside its place, and appears there whole or
/// not at all: a process that is killed leaves the old file.
///
/// Write may be called by several threads at once for different stretches; the rest by one.
class StagedFile {
 public:
  /// To become `target`, a path on this machine; makes folders. Messages, which clients read, say
  /// `name` for it. Fails with kInvalidArgument when a file is where a folder has to be or a name
  /// is too long, kIo when the disk refuses.
  static Result<std::unique_ptr<StagedFile>> Create(const std::string& target,
                                                    const std::string& name);
  /// Where a staged file lies, where it goes and what it is called.
  struct Places {
    std::string hidden, target, name;
  };
  /// Takes a descriptor over that is open at `places.hidden`.
  StagedFile(int descriptor, Places places);
  /// Removes the hidden file unless it was published.
  ~StagedFile();
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  /// Puts `bytes` at `offset`.
  Status Write(std::uint64_t offset, std::string_view bytes);
  /// Copies the first `length` bytes of `other` to `offset`, without passing through memory where
  /// the system can.
  Status Copy(const StagedFile& other, std::uint64_t length, std::uint64_t offset);
  /// Makes it exactly `size` bytes long.
  Status Resize(std::uint64_t size);
  /// Syncs it and puts it in place.
  Status Publish();

  /// Whether something failed because the disk, or a quota, is full.
  bool disk_full() const { return disk_full_.load(std::memory_order_relaxed); }

 private:
  Status Failed(std::string_view what, int error);

  const int descriptor_;
  const Places places_;
  bool published_ = false;
  std::atomic<bool> disk_full_{false};
  std::atomic<std::uint64_t> unsynced_{0};
};

}  // namespace reeve::server
