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
#include "reeve/server/artifacts/parted_uploads.h"

namespace reeve::server {

/// Uploads in parts to a folder. All parts but the last are of one size, which the first of them to
/// arrive decides: each is written straight to where it belongs, so that completing an upload
/// copies nothing. Uploads live in this process: after a restart they are unknown and their clients
/// begin again.
class MultipartUploads final : public PartedUploads {
 public:
  struct Limits {
    int max_parts = 10'000;
    /// Uploads begun and not ended; beyond: kUnavailable.
    std::size_t max_uploads = 256;
    /// Uploads that nobody touched for that long are dropped with what they hold.
    std::int64_t idle_ms = 24LL * 3600 * 1000;
  };
  class Part;

  explicit MultipartUploads(const ArtifactFolder& folder) : MultipartUploads(folder, Limits()) {}
  MultipartUploads(const ArtifactFolder& folder, const Limits& limits,
                   const Clock& clock = Clock::System());
  ~MultipartUploads() override;

  /// Without parts: an empty file.
  Result<std::string> Begin(std::string_view path, std::int64_t parts) override;
  /// "/mpu/part/ID/NUMBER".
  Result<std::string> PartUrl(const std::string& id, std::string_view path, int number) override;
  /// A part that comes again replaces what it was, but not while it is still coming:
  /// kAlreadyExists.
  Result<std::unique_ptr<IncomingPart>> OpenPart(const std::string& id, std::int64_t number,
                                                 std::optional<std::uint64_t> length) override;
  /// Asked again, it is ok again. An empty tag of a claim is not compared.
  Status Complete(const std::string& id, std::string_view path,
                  const std::vector<Claim>& claims) override;
  Status Abort(const std::string& id, std::string_view path) override;
  bool DiskFull(const std::string& id) override;

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

class MultipartUploads::Part final : public IncomingPart {
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
  ~Part() override;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  Status Write(std::string_view bytes) override;
  Result<std::string> Finish() override;
  bool disk_full() const override { return stretch_.file->disk_full(); }

 private:
  const std::shared_ptr<Upload> upload_;
  const Stretch stretch_;
  std::uint64_t written_ = 0;
  TableDigest digest_;
};

}  // namespace reeve::server
