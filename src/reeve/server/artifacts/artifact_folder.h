#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/artifacts/artifact_repository.h"
#include "reeve/server/artifacts/staged_file.h"

namespace reeve::server {

/// A folder on this machine that holds artifacts: of a server, a run or a model. It need not exist
/// before something is put there.
///
/// What leads out of the root through a symbolic link is refused as a path that climbs is.
class ArtifactFolder final : public ArtifactRepository {
 public:
  explicit ArtifactFolder(std::string root) : root_(std::move(root)) {}

  const std::string& name() const override { return root_; }
  bool is_remote() const override { return false; }
  std::shared_ptr<const ArtifactRepository> Below(const std::string& path) const override;

  Result<std::vector<ArtifactEntry>> List(std::string_view path) const override;
  Result<ArtifactFile> Open(std::string_view path, bool is_all = true) const override;
  Result<std::unique_ptr<ArtifactUpload>> Upload(std::string_view path,
                                                 std::uint64_t size) const override;
  /// Begins to write `path`, replacing a file that is there once it is published. Folders are made.
  /// `size` as announced, 0 when unknown: what does not fit on the disk is refused at once.
  Result<std::unique_ptr<StagedFile>> Stage(std::string_view path, std::uint64_t size) const;
  Status Delete(std::string_view path) const override;

  std::shared_ptr<PartedUploads> NewPartedUploads() const override;
  /// None: whoever may read it asks this server.
  Result<std::optional<ArtifactAddress>> AddressOf(std::string_view path,
                                                   int seconds) const override;

 private:
  /// `path`, checked, on disk: links resolved but for the last name, when `keeps_last`.
  Result<std::string> Resolve(std::string_view path, bool keeps_last) const;

  std::string root_;
};

}  // namespace reeve::server
