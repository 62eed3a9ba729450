#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/server/artifacts/bucket_pool.h"
#include "reeve/server/artifacts/parted_uploads.h"

namespace reeve::server {

/// Uploads in parts to a bucket: it keeps their parts itself, which are PUT to addresses that are
/// signed for an hour. Nothing of them is kept here, so they outlive a restart; what is neither
/// completed nor aborted is the bucket's to remove (AbortIncompleteMultipartUpload of its lifecycle
/// rules). Thread-safe.
class BucketUploads final : public PartedUploads {
 public:
  /// `root` is the path of all artifacts in the bucket, "" for all of it.
  BucketUploads(std::shared_ptr<BucketPool> pool, std::string root)
      : pool_(std::move(pool)), root_(std::move(root)) {}

  /// kInvalidArgument for less than one part or more than 10,000, as buckets have it.
  Result<std::string> Begin(std::string_view path, std::int64_t parts) override;
  Result<std::string> PartUrl(const std::string& id, std::string_view path, int number) override;
  /// kNotFound: no part comes this way.
  Result<std::unique_ptr<IncomingPart>> OpenPart(const std::string& id, std::int64_t number,
                                                 std::optional<std::uint64_t> length) override;
  Status Complete(const std::string& id, std::string_view path,
                  const std::vector<Claim>& claims) override;
  Status Abort(const std::string& id, std::string_view path) override;
  bool DiskFull(const std::string& /*id*/) override { return false; }

 private:
  Result<std::string> KeyOf(std::string_view path) const;

  const std::shared_ptr<BucketPool> pool_;
  const std::string root_;
};

}  // namespace reeve::server
