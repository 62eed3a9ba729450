#include "reeve/server/artifacts/bucket_uploads.h"

#include <utility>

#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_path.h"

namespace reeve::server {

using tracking::ObjectBucket;

Result<std::string> BucketUploads::KeyOf(std::string_view path) const {
  REEVE_ASSIGN_OR_RETURN(std::string safe, SafeArtifactPath(path));
  return root_.empty() ? safe : root_ + "/" + safe;
}

Result<std::string> BucketUploads::Begin(std::string_view path, std::int64_t parts) {
  constexpr std::int64_t kMostParts = 10'000;
  if (parts < 1 || parts > kMostParts) {
    return Status::InvalidArgument("num_parts is " + std::to_string(parts) + ", expected 1 to " +
                                   std::to_string(kMostParts));
  }
  REEVE_ASSIGN_OR_RETURN(const std::string key, KeyOf(path));
  return pool_->Call<std::string>([&](ObjectBucket& bucket) { return bucket.BeginParts(key); });
}

Result<std::string> BucketUploads::PartUrl(const std::string& id, std::string_view path,
                                           int number) {
  REEVE_ASSIGN_OR_RETURN(const std::string key, KeyOf(path));
  return pool_->Call<std::string>(
      [&](ObjectBucket& bucket) { return bucket.PartUrl(key, id, number); });
}

Result<std::unique_ptr<IncomingPart>> BucketUploads::OpenPart(
    const std::string& id, std::int64_t /*number*/, std::optional<std::uint64_t> /*length*/) {
  return Status::NotFound("No such multipart upload: " + Quote(id) +
                          "; parts are sent to the bucket itself");
}

Status BucketUploads::Complete(const std::string& id, std::string_view path,
                               const std::vector<Claim>& claims) {
  REEVE_ASSIGN_OR_RETURN(const std::string key, KeyOf(path));
  std::vector<tracking::ObjectPart> parts;
  parts.reserve(claims.size());
  for (const Claim& claim : claims) parts.push_back({.number = claim.number, .etag = claim.etag});
  return pool_->Do([&](ObjectBucket& bucket) { return bucket.CompleteParts(key, id, parts); });
}

Status BucketUploads::Abort(const std::string& id, std::string_view path) {
  REEVE_ASSIGN_OR_RETURN(const std::string key, KeyOf(path));
  return pool_->Do([&](ObjectBucket& bucket) { return bucket.AbortParts(key, id); });
}

}  // namespace reeve::server
