#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reeve/base/file_system.h"
#include "reeve/base/result.h"

namespace reeve::predictions {

/// A file of the store: DAY/TIME-N.rlog, so that names in order are files in order of time.
struct LogFileName {
  /// Path from the store's folder.
  std::string path;
  /// "2026-03-13".
  std::string day;
};

/// The log files of a store, oldest first. Other files are not looked at. Fails with kNotFound
/// when the folder is not there.
Result<std::vector<LogFileName>> ListLogFiles(FileSystem& files, const std::string& folder);

/// "2026-03-13/20260313T103000.123Z-0001.rlog".
LogFileName MakeLogFileName(std::int64_t unix_ms, int number);

struct Retention {
  /// Days after which a file is removed, and most bytes of all files; 0 for no limit.
  std::int64_t days = 30;
  std::uint64_t bytes = 10ULL << 30;
};
/// Removes what is too old, then the oldest files until the rest is small enough. `current` (a
/// path from the folder, or empty) stays.
Status RemoveOldFiles(FileSystem& files, const std::string& folder, const Retention& retention,
                      std::int64_t now_ms, const std::string& current);

/// Holds one of a store's places for writers until it is destroyed or the process ends, however it
/// ends. Writers have files of their own; the first of them also removes old ones.
class FolderLock {
 public:
  static constexpr int kMostWriters = 64;

  /// The first place that is free. Fails with kUnavailable when other writers hold all of them,
  /// kIo.
  static Result<std::unique_ptr<FolderLock>> Take(const std::string& folder);
  /// From 1 on.
  int writer() const { return writer_; }
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  FolderLock(int descriptor, int writer) : descriptor_(descriptor), writer_(writer) {}
  int descriptor_, writer_;
};

}  // namespace reeve::predictions
