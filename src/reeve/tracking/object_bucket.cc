#include "reeve/tracking/object_bucket.h"

#include <algorithm>
#include <utility>

#include "reeve/tracking/s3/bucket.h"

namespace reeve::tracking {

Result<BucketLocation> ParseBucketUri(const std::string& uri) { return ParseS3Uri(uri); }

Result<std::unique_ptr<ObjectBucket>> OpenObjectBucket(const std::string& bucket) {
  constexpr int kMostRetries = 2;
  REEVE_ASSIGN_OR_RETURN(S3Settings settings, S3SettingsFromEnvironment());
  settings.tells_refusals = true;
  REEVE_ASSIGN_OR_RETURN(HttpOptions http, HttpOptionsFromEnvironment());
  http.retry.most = std::min(http.retry.most, kMostRetries);
  REEVE_ASSIGN_OR_RETURN(std::unique_ptr<S3Bucket> opened,
                         S3Bucket::Open(bucket, settings, std::move(http)));
  return std::unique_ptr<ObjectBucket>(std::move(opened));
}

}  // namespace reeve::tracking
