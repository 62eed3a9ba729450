#include "reeve/server/artifacts/artifact_destination.h"

#include <utility>

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_bucket.h"
#include "reeve/server/artifacts/artifact_folder.h"
#include "reeve/tracking/artifact_location.h"

namespace reeve::server {

namespace {

using Opened = Result<std::shared_ptr<const ArtifactRepository>>;

Opened OpenBucket(const std::string& uri) {
  REEVE_ASSIGN_OR_RETURN(const tracking::BucketLocation location, tracking::ParseBucketUri(uri));
  const auto open = [bucket = location.bucket] { return tracking::OpenObjectBucket(bucket); };
  // A key that is missing is known now, not when the first file comes.
  REEVE_RETURN_IF_ERROR(open().status());
  const std::string name =
      "s3://" + location.bucket + (location.path.empty() ? "" : "/" + location.path);
  return std::make_shared<ArtifactBucket>(std::make_shared<BucketPool>(open), name, location.path);
}

Opened OpenFolder(const std::string& place) {
  if (place.starts_with("file:")) {
    REEVE_ASSIGN_OR_RETURN(const std::string path, tracking::LocalPath(place, AbsolutePath(".")));
    return std::make_shared<ArtifactFolder>(AbsolutePath(path));
  }
  if (place.find("://") == std::string::npos)
    return std::make_shared<ArtifactFolder>(AbsolutePath(place));
  return Status::InvalidArgument(Quote(place, 300) +
                                 " is neither a folder nor a bucket of S3, expected a path, file: "
                                 "or s3://BUCKET/PATH");
}

}  // namespace

Opened OpenArtifactDestination(const std::string& place) {
  Opened opened = place.starts_with("s3:") ? OpenBucket(place) : OpenFolder(place);
  if (opened.ok()) return opened;
  return std::move(opened).status().WithContext("--artifacts-destination");
}

}  // namespace reeve::server
