#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/http.h"

namespace reeve::server {

class PartedUploads;

/// A file or folder among artifacts.
struct ArtifactEntry {
  /// Below the folder that was asked: "model/MLmodel".
  std::string path;
  bool is_dir = false;
  /// Bytes; 0 for folders.
  std::uint64_t size = 0;
};

/// An artifact that was opened to be sent.
struct ArtifactFile {
  std::uint64_t size = 0;
  /// Another content has another one; quotes included. Empty when it is unknown.
  std::string tag;
  /// Seconds since 1970 at which it was put there.
  std::optional<std::int64_t> modified = {};
  /// Makes `length` bytes from `offset` on the body of an answer.
  std::function<void(std::uint64_t offset, std::uint64_t length, Response& response)> send;
};

/// An artifact on its way. Dropped before Publish, nothing is there. Used by one thread at a time.
class ArtifactUpload {
 public:
  virtual ~ArtifactUpload() = default;
  /// The next bytes.
  virtual Status Write(std::string_view bytes) = 0;
  /// Puts it in place, whole, instead of what was there.
  virtual Status Publish() = 0;
  /// Whether something failed because a disk, or a quota, is full.
  virtual bool disk_full() const = 0;
};

/// Where a file is for whoever knows the address, for a while.
struct ArtifactAddress {
  std::string url;
  std::uint64_t size = 0;
};

/// Where a server keeps artifacts: a folder of its disk, or a bucket.
///
/// All paths are as clients send them; SafeArtifactPath says what is refused: kInvalidArgument.
/// Other errors: kNotFound; kIo; of a bucket kUnavailable when it cannot be reached and
/// kRequirementUnmet when it does not let this server. Immutable and thread-safe; whoever reads
/// while another replaces sees the old file or the new.
class ArtifactRepository {
 public:
  virtual ~ArtifactRepository() = default;

  /// Its folder, or "s3://bucket/path".
  virtual const std::string& name() const = 0;
  /// Whether calls, ArtifactUpload::Publish included, wait for another machine: they are none for
  /// threads that others wait for.
  virtual bool is_remote() const = 0;
  /// What lies below the folder `path`, which SafeArtifactPath gave, as a repository of its own.
  virtual std::shared_ptr<const ArtifactRepository> Below(const std::string& path) const = 0;

  /// What lies directly in the folder `path`, by name; nothing when there is no such folder.
  virtual Result<std::vector<ArtifactEntry>> List(std::string_view path) const = 0;
  /// Fails with kInvalidArgument for a folder. `is_all` says that its bytes will be asked for from
  /// the first one on, as far as is known.
  virtual Result<ArtifactFile> Open(std::string_view path, bool is_all) const = 0;
  /// Begins to write `path`. `size` as announced, 0 when unknown; kUnavailable: there is no room
  /// for it.
  virtual Result<std::unique_ptr<ArtifactUpload>> Upload(std::string_view path,
                                                         std::uint64_t size) const = 0;
  /// All at once.
  Status Put(std::string_view path, std::string_view bytes) const;
  /// A file, or a folder with all it holds; ok when there is none. The root itself is refused.
  virtual Status Delete(std::string_view path) const = 0;

  /// Uploads in parts to here; of a folder they live as long as what is given.
  virtual std::shared_ptr<PartedUploads> NewPartedUploads() const = 0;
  /// An address of the file that holds for `seconds`; nothing when files have none.
  virtual Result<std::optional<ArtifactAddress>> AddressOf(std::string_view path,
                                                           int seconds) const = 0;

 protected:
  /// `path`, checked, when it can name a file.
  static Result<std::string> FilePath(std::string_view path);
  /// `path`, checked, when it is not the root.
  static Result<std::string> DeletablePath(std::string_view path);
};

/// 'a/b', as MLflow writes names in messages; nothing is in it that a line does not hold.
std::string InSingleQuotes(std::string_view name);

/// The answer for an artifact that is not there.
Status NoSuchArtifact(std::string_view path);
/// The answer for a download of a folder.
Status IsAFolder(std::string_view path);

}  // namespace reeve::server
