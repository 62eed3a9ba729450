#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve {

/// A file being written, in order. Not thread-safe. Destroying it without Close abandons it: the
/// bytes may or may not be on disk.
class WritableFile {
 public:
  /// Disks are written in pages of so many bytes.
  static constexpr std::size_t kPageBytes = 4096;

  virtual ~WritableFile() = default;
  virtual Status Append(std::string_view bytes) = 0;
  /// The same for bytes whose memory begins at a page and holds zeros from their end to that of
  /// their last page. A file of CreateUncached writes these pages as they stand, as pages of its
  /// own: zeros fill up the one before.
  virtual Status AppendPages(std::string_view bytes) { return Append(bytes); }
  /// Flushes to stable storage (fsync).
  virtual Status Sync() = 0;
  virtual Status Close() = 0;
};

/// What Reeve needs of a file system. The system's own, or one made for a test that runs out of
/// space, loses unsynced bytes or crashes between two steps. Thread-safe. All errors name the path.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// The whole content. Fails with kNotFound, or kIo when larger than `max_bytes`.
  virtual Result<std::string> Read(const std::string& path, std::uint64_t max_bytes) = 0;
  /// Creates or truncates.
  virtual Result<std::unique_ptr<WritableFile>> Create(const std::string& path) = 0;
  /// The same for a file of many megabytes that hardly anybody reads (UncachedFile): only Sync and
  /// Close write all of it, and before Close zeros may stand behind it.
  virtual Result<std::unique_ptr<WritableFile>> CreateUncached(const std::string& path) {
    return Create(path);
  }
  /// Atomic within one file system; replaces a file, never a folder that is not empty.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  /// Makes entries of a folder durable.
  virtual Status SyncFolder(const std::string& path) = 0;
  /// With parents. Ok when it exists.
  virtual Status CreateFolders(const std::string& path) = 0;
  /// A file or a folder with all it holds. Ok when absent. Never follows symbolic links.
  virtual Status Remove(const std::string& path) = 0;
  virtual bool Exists(const std::string& path) = 0;
  virtual bool IsFolder(const std::string& path) = 0;
  /// Size of a regular file in bytes.
  virtual Result<std::uint64_t> Size(const std::string& path) = 0;
  /// Names (not paths) in a folder, sorted.
  virtual Result<std::vector<std::string>> List(const std::string& folder) = 0;

  /// The real one.
  static FileSystem& System();
};

/// Writes `bytes` to `path` so that a reader sees the old content or the new, never a part: a
/// temporary name beside it, fsync, rename, fsync of the folder.
Status WriteAtomically(FileSystem& files, const std::string& path, std::string_view bytes);

/// `path` made absolute against the working directory, "." and ".." folded. Need not exist.
std::string AbsolutePath(const std::string& path);
/// Everything before the last slash ("." when there is none).
std::string ParentFolder(const std::string& path);
/// Everything behind the last slash.
std::string BaseName(const std::string& path);
/// `a`/`b`, or `b` when that is absolute.
std::string JoinPath(const std::string& a, const std::string& b);

}  // namespace reeve
