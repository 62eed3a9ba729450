#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/artifacts/staged_file.h"
#include "reeve/server/http.h"

namespace reeve::server {

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
  /// All of it.
  std::shared_ptr<FileBody> body;
  std::uint64_t size = 0;
  /// Nanoseconds since 1970 at which it was put there.
  std::int64_t modified_ns = 0;
};

/// A folder on this machine that holds artifacts: of a server, a run or a model. It need not exist
/// before something is put there.
///
/// All paths are as clients send them; SafeArtifactPath says what is refused, and so is what leads
/// out of the root through a symbolic link: kInvalidArgument. Other errors: kNotFound, kIo.
/// Immutable and thread-safe; whoever reads while another replaces sees the old file or the new.
class ArtifactFolder {
 public:
  explicit ArtifactFolder(std::string root) : root_(std::move(root)) {}

  const std::string& root() const { return root_; }

  /// What lies directly in the folder `path`, by name; nothing when there is no such folder.
  Result<std::vector<ArtifactEntry>> List(std::string_view path) const;
  /// Fails with kInvalidArgument for a folder.
  Result<ArtifactFile> Open(std::string_view path) const;
  /// Begins to write `path`, replacing a file that is there once it is published. Folders are made.
  /// `size` as announced, 0 when unknown: what does not fit on the disk is refused at once.
  Result<std::unique_ptr<StagedFile>> Stage(std::string_view path, std::uint64_t size) const;
  /// All at once.
  Status Put(std::string_view path, std::string_view bytes) const;
  /// A file, or a folder with all it holds; ok when there is none. The root itself is refused.
  Status Delete(std::string_view path) const;

 private:
  /// `path`, checked, on disk: links resolved but for the last name, when `keeps_last`.
  Result<std::string> Resolve(std::string_view path, bool keeps_last) const;

  std::string root_;
};

/// ArtifactFolder(root).List(path): for `artifacts/list`, paths below the root.
Result<std::vector<ArtifactEntry>> ListArtifacts(const std::string& root, std::string_view path);

}  // namespace reeve::server
