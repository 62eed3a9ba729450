#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/object_bucket.h"

namespace reeve::tracking {

/// What S3 answers with (API version 2006-03-01), read from XML; and what it is asked with.

struct S3Object {
  std::string key;
  std::uint64_t bytes = 0;
};

/// A page of ListObjectsV2.
struct S3Listing {
  std::vector<S3Object> objects;
  /// With a slash at their ends; only where the folders of a folder were asked for.
  std::vector<std::string> folders;
  /// What the next page is asked for with; empty after the last one.
  std::string next;
};
/// Fails with kCorrupt when it is none.
Result<S3Listing> ParseS3Listing(std::string_view text);

/// What went wrong. All of it is empty when the answer says nothing.
struct S3Error {
  /// "NoSuchKey".
  std::string code;
  std::string message;
  /// Where the bucket is, when it was looked for elsewhere.
  std::string region;
};
S3Error ParseS3Error(std::string_view text);

/// The id that the answer to CreateMultipartUpload gives.
Result<std::string> ParseUploadId(std::string_view text);

/// The body of CompleteMultipartUpload, for parts in the order of their numbers.
std::string CompletionOf(const std::vector<ObjectPart>& parts);

}  // namespace reeve::tracking
