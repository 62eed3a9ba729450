#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/clock.h"
#include "reeve/base/digest.h"
#include "reeve/base/result.h"
#include "reeve/server/artifacts/artifact_folder.h"

namespace reeve::server {

/// Files that come in numbered parts, in any order and over several connections at once.
///
/// All parts but the last are of one size, which the first of them to arrive decides: each is
/// written straight to where it belongs, so that completing an upload copies nothing. Uploads live
/// in this process: after a restart they are unknown and their clients begin again. Thread-safe.
class MultipartUploads {
 public:
  struct Limits {
    int max_parts = 10'000;
    /// Uploads begun and not ended; beyond: kUnavailable.
    std::size_t max_uploads = 256;
    /// Uploads that nobody touched for that long are dropped with what they hold.
    std::int64_t idle_ms = 24LL * 3600 * 1000;
  };
  /// What a client says of a part at the end. An empty tag is not compared.
  struct Claim {
    int number = 0;
    std::string etag;
  };
  class Part;

  explicit MultipartUploads(const ArtifactFolder& folder) : MultipartUploads(folder, Limits()) {}
  MultipartUploads(const ArtifactFolder& folder, const Limits& limits,
                   const Clock& clock = Clock::System());
  ~MultipartUploads();

  /// Begins an upload of `parts` parts (0: an empty file) to `path` and gives its id.
  Result<std::string> Begin(std::string_view path, std::int64_t parts);
  /// Begins part `number`, counted from 1; `length` as announced. A part that comes again replaces
  /// what it was, but not while it is still coming: kAlreadyExists. kNotFound: no such upload.
  Result<std::unique_ptr<Part>> OpenPart(const std::string& id, std::int64_t number,
                                         std::optional<std::uint64_t> length);
  /// Puts the file in place when all parts are there and `claims` are all of them, in order. Asked
  /// again, it is ok again.
  Status Complete(const std::string& id, std::string_view path, const std::vector<Claim>& claims);
  /// Drops an upload; ok when there is none.
  Status Abort(const std::string& id, std::string_view path);
  /// Whether something of the upload failed because the disk is full.
  bool DiskFull(const std::string& id);

 private:
  struct Upload;

  // Null when there is none; else it is not idle from now on.
  std::shared_ptr<Upload> Find(const std::string& id);
  // With mutex_ held.
  void DropIdle();
  std::size_t CountOpen() const;

  const ArtifactFolder folder_;
  const Limits limits_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Upload>> uploads_;
};

/// One part on its way. Dropped before Finish, the part is not there. Used by one thread.
class MultipartUploads::Part {
 public:
  /// What Write fills.
  struct Stretch {
    std::size_t index = 0;
    std::uint64_t offset = 0;
    /// All parts but the last have it.
    std::optional<std::uint64_t> length;
    StagedFile* file = nullptr;
  };

  /// Holds `upload` as long as it is written to.
  Part(std::shared_ptr<Upload> upload, const Stretch& stretch);
  ~Part();
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  Status Write(std::string_view bytes);
  /// Its entity tag, quotes included: a digest of its bytes.
  Result<std::string> Finish();
  bool disk_full() const { return stretch_.file->disk_full(); }

 private:
  const std::shared_ptr<Upload> upload_;
  const Stretch stretch_;
  std::uint64_t written_ = 0;
  TableDigest digest_;
};

}  // namespace reeve::server
