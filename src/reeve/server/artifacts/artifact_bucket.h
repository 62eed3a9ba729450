#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/artifacts/artifact_repository.h"
#include "reeve/server/artifacts/bucket_pool.h"

namespace reeve::server {

/// Artifacts below a path of a bucket. An upload waits in a SpoolFile until it is whole and is
/// there once the bucket has all of it; a download comes in pieces of a few MiB, all of the same
/// file: when it is replaced meanwhile, the download breaks off.
class ArtifactBucket final : public ArtifactRepository {
 public:
  /// `name` is where it is, "s3://bucket/path"; `path` its path in the bucket, "" for all of it.
  ArtifactBucket(std::shared_ptr<BucketPool> pool, std::string name, std::string path)
      : pool_(std::move(pool)), name_(std::move(name)), path_(std::move(path)) {}

  const std::string& name() const override { return name_; }
  bool is_remote() const override { return true; }
  std::shared_ptr<const ArtifactRepository> Below(const std::string& path) const override;

  Result<std::vector<ArtifactEntry>> List(std::string_view path) const override;
  Result<ArtifactFile> Open(std::string_view path, bool is_all) const override;
  Result<std::unique_ptr<ArtifactUpload>> Upload(std::string_view path,
                                                 std::uint64_t size) const override;
  Status Delete(std::string_view path) const override;

  std::shared_ptr<PartedUploads> NewPartedUploads() const override;
  Result<std::optional<ArtifactAddress>> AddressOf(std::string_view path,
                                                   int seconds) const override;

 private:
  /// Below the path of all artifacts.
  std::string KeyOf(const std::string& path) const;
  /// What the file is, and its first bytes, at most so many.
  Result<tracking::ObjectPiece> Look(std::string_view path, std::uint64_t most) const;

  const std::shared_ptr<BucketPool> pool_;
  const std::string name_, path_;
};

}  // namespace reeve::server
