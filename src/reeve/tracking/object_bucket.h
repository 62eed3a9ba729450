#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/artifact_remote.h"

namespace reeve::tracking {

/// What a bucket says of a file.
struct ObjectFacts {
  std::uint64_t bytes = 0;
  /// As it came, in quotes: another content has another one. Empty when it says none.
  std::string etag;
  /// When it was put there, "Sun, 06 Nov 1994 08:49:37 GMT"; empty when it does not say.
  std::string modified;
};

/// Some of a file's bytes, and what the file was when they were read.
struct ObjectPiece {
  ObjectFacts facts;
  std::string bytes;
};

/// What lies directly in a folder.
struct ObjectEntry {
  std::string name;
  bool is_folder = false;
  /// 0 for folders.
  std::uint64_t bytes = 0;
};

/// A part of a file that somebody else brought.
struct ObjectPart {
  int number = 0;
  std::string etag;
};

/// A bucket for those who hand its files on, a folder, a file or a piece of it at a time. Paths are
/// whole keys, without a slash at their beginning or end. Thread-safe: one call after the other.
///
/// Fails with kNotFound for files and buckets that are not there, kRequirementUnmet when the bucket
/// does not let us, kUnavailable when it cannot be reached or does not answer in time.
class ObjectBucket : public ArtifactRemote {
 public:
  /// In no order; nothing when there is no such folder. Names that no path may hold are left out.
  virtual Result<std::vector<ObjectEntry>> ListFolder(const std::string& folder) = 0;
  /// At most `most` bytes (one or more) from `from` on: fewer only where the file ends. With an
  /// `etag` of that file and no other: kUnavailable when it was replaced.
  virtual Result<ObjectPiece> Read(const std::string& path, std::uint64_t from, std::uint64_t most,
                                   const std::string& etag) = 0;
  /// A file, and everything below a folder of that name; ok when there is nothing.
  virtual Status Delete(const std::string& path) = 0;

  // Files that others bring in parts, or fetch, without a key of their own: addresses that hold for
  // a while, for whoever knows them.

  /// The id of an upload that has begun. The file is there once it is completed.
  virtual Result<std::string> BeginParts(const std::string& path) = 0;
  /// Where part `number`, counted from 1, is PUT to.
  virtual Result<std::string> PartUrl(const std::string& path, const std::string& upload,
                                      int number) = 0;
  /// `parts` in the order of their numbers.
  virtual Status CompleteParts(const std::string& path, const std::string& upload,
                               const std::vector<ObjectPart>& parts) = 0;
  /// Ok when there is no such upload.
  virtual Status AbortParts(const std::string& path, const std::string& upload) = 0;
  /// Where the file is, answered with that Content-Disposition for `seconds`.
  virtual Result<std::string> DownloadUrl(const std::string& path, const std::string& disposition,
                                          int seconds) = 0;
};

/// Where something lies in a bucket.
struct BucketLocation {
  std::string bucket;
  /// Without slashes at its ends; empty for the whole bucket.
  std::string path;
};

/// Reads s3://BUCKET/PATH. Fails with kInvalidArgument for all else.
Result<BucketLocation> ParseBucketUri(const std::string& uri);

/// A bucket for a server, with the key and the address that the environment names
/// (s3/settings.h). Does not connect yet. A call is tried twice more at most: somebody waits for
/// its answer. Fails with kInvalidArgument when the environment says what cannot be used.
Result<std::unique_ptr<ObjectBucket>> OpenObjectBucket(const std::string& bucket);

}  // namespace reeve::tracking
