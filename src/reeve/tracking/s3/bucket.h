#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/object_bucket.h"
#include "reeve/tracking/s3/documents.h"
#include "reeve/tracking/s3/settings.h"

namespace reeve::tracking {

/// Reads s3://BUCKET/PATH, which is taken as it stands: nothing in it is escaped. Fails with
/// kInvalidArgument for buckets that can be no part of a host, and paths that climb or hold names
/// without a letter.
Result<BucketLocation> ParseS3Uri(const std::string& uri);

/// Some of a list of files.
struct S3Page {
  /// What their keys begin with: "folder/".
  std::string prefix = "";
  /// What the page before this one gave; empty for the first one.
  std::string token = "";
  int most = 1'000;
  /// Name what lies behind a further slash by its folder alone.
  bool is_flat = false;
};

/// A bucket of S3, or of what speaks like it. Every call is signed; files are listed a thousand at
/// a time, and go in parts when they are large. A bucket that says it is in another region is asked
/// there. Thread-safe: one call after the other.
class S3Bucket final : public ObjectBucket {
 public:
  /// Does not connect yet. The peer of `http` is set here.
  static Result<std::unique_ptr<S3Bucket>> Open(const std::string& bucket,
                                                const S3Settings& settings, HttpOptions http);

  std::string name() const override { return name_; }
  Status Check(const std::string& folder) override;
  Result<std::vector<ArtifactFile>> List(const std::string& folder,
                                         const FetchLimits& limits) override;
  Status Download(const std::string& path, const Sink& sink, const Restart& restart) override;
  Status Upload(const std::string& path, const std::string& file) override;

  Result<std::vector<ObjectEntry>> ListFolder(const std::string& folder) override;
  Result<ObjectPiece> Read(const std::string& path, std::uint64_t from, std::uint64_t most,
                           const std::string& etag) override;
  Status Delete(const std::string& path) override;
  Result<std::string> BeginParts(const std::string& path) override;
  Result<std::string> PartUrl(const std::string& path, const std::string& upload,
                              int number) override;
  Status CompleteParts(const std::string& path, const std::string& upload,
                       const std::vector<ObjectPart>& parts) override;
  Status AbortParts(const std::string& path, const std::string& upload) override;
  Result<std::string> DownloadUrl(const std::string& path, const std::string& disposition,
                                  int seconds) override;

 private:
  S3Bucket(std::string bucket, S3Settings settings, HttpOptions http);
  static std::string TargetOf(const std::string& path);
  /// For messages.
  static std::string FileText(const std::string& path);
  /// The address below which the files lie, in a region.
  std::string BaseIn(const std::string& region) const;
  Result<std::shared_ptr<HttpClient>> ClientFor(const std::string& region) const;
  using Ask = std::function<Result<HttpAnswer>(HttpClient& client)>;
  /// Once more where the bucket is, if it is not where it was looked for.
  Result<HttpAnswer> Call(const Ask& ask);
  /// The answer, if it is a 200. `what` says what was asked for: "GET of the file …".
  Result<HttpAnswer> CallFor200(const std::string& what, const Ask& ask);
  StatusCode CodeOf(const HttpAnswer& answer, const std::string& error) const;
  Status Failure(const HttpAnswer& answer, const std::string& what) const;
  Status Unreadable(const std::string& what, const Status& why) const;
  HttpRequest NewRequest(const std::string& method, const std::string& target) const;
  Result<S3Listing> ListPage(const S3Page& page);
  Status DeleteKey(const std::string& key);
  bool IsRegionKnown();
  Result<std::string> Presign(const HttpRequest& request, int seconds);
  Status PutWhole(const std::string& path, const std::string& file);
  Status PutParts(const std::string& path, const std::string& file, std::uint64_t bytes);
  /// The parts of an upload that has begun, and its end.
  Status SendParts(const std::string& path, const std::string& upload, const std::string& file,
                   std::uint64_t bytes);

  std::string bucket_;
  S3Settings settings_;
  HttpOptions http_;
  std::string name_;
  std::mutex mutex_;
  std::string region_;
  std::shared_ptr<HttpClient> client_;
  /// Whether the region is the one that answered.
  bool is_region_known_ = false;
};

}  // namespace reeve::tracking
