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

/// Holds the store for one writer until it is destroyed or the process ends, however it ends.
class FolderLock {
 public:
  /// Fails with kUnavailable when another writer holds it, kIo.
  static Result<std::unique_ptr<FolderLock>> Take(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace reeve::predictions
