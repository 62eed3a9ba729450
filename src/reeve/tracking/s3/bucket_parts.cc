// Files that others bring in parts, or fetch, by addresses that are signed for them.

#include <algorithm>
#include <utility>

#include "reeve/base/clock.h"
#include "reeve/base/text.h"
#include "reeve/tracking/s3/bucket.h"

namespace reeve::tracking {
namespace {

// What boto3 grants for a part.
constexpr int kPartSeconds = 3'600;

}  // namespace

Result<std::string> S3Bucket::BeginParts(const std::string& path) {
  const std::string what = "the beginning of the upload of " + FileText(path);
  HttpRequest begin = NewRequest("POST", TargetOf(path) + "?uploads=");
  const auto& more = settings_.upload_headers;
  begin.headers.insert(begin.headers.end(), more.begin(), more.end());
  begin.headers.emplace_back("Content-Length: 0");
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer,
                         CallFor200(what, [&](HttpClient& client) { return client.Send(begin); }));
  Result<std::string> id = ParseUploadId(answer.body);
  if (id.ok()) return id;
  return Unreadable(what, id.status());
}

Status S3Bucket::CompleteParts(const std::string& path, const std::string& upload,
                               const std::vector<ObjectPart>& parts) {
  const std::string what = "the end of the upload of " + FileText(path);
  HttpRequest request = NewRequest("POST", TargetOf(path) + "?uploadId=" + EscapeUrl(upload));
  request.body = CompletionOf(parts);
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, CallFor200(what, [&](HttpClient& client) {
                           return client.Send(request);
                         }));
  // It begins to answer before it knows how it ends.
  if (!ParseS3Error(answer.body).code.empty()) return Failure(answer, what);
  return Status::Ok();
}

Status S3Bucket::AbortParts(const std::string& path, const std::string& upload) {
  const HttpRequest abort = NewRequest("DELETE", TargetOf(path) + "?uploadId=" + EscapeUrl(upload));
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer,
                         Call([&](HttpClient& client) { return client.Send(abort); }));
  if (answer.status == 204 || answer.status == 200) return Status::Ok();
  if (ParseS3Error(answer.body).code == "NoSuchUpload") return Status::Ok();
  return Failure(answer, "the abort of the upload of " + FileText(path));
}

bool S3Bucket::IsRegionKnown() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return is_region_known_;
}

Result<std::string> S3Bucket::Presign(const HttpRequest& request, int seconds) {
  // Nobody is asked when an address is signed, and so nobody says that the bucket is elsewhere.
  if (!IsRegionKnown()) (void)ListPage({.most = 1});
  std::string region;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    region = region_;
  }
  REEVE_ASSIGN_OR_RETURN(const ServerUrl server, ParseServerUrl(BaseIn(region)));
  return PresignS3Url({.key = settings_.key, .region = region, .seconds = seconds}, server, request,
                      Clock::System().NowMs());
}

Result<std::string> S3Bucket::PartUrl(const std::string& path, const std::string& upload,
                                      int number) {
  return Presign(NewRequest("PUT", TargetOf(path) + "?partNumber=" + std::to_string(number) +
                                       "&uploadId=" + EscapeUrl(upload)),
                 kPartSeconds);
}

Result<std::string> S3Bucket::DownloadUrl(const std::string& path, const std::string& disposition,
                                          int seconds) {
  return Presign(
      NewRequest("GET", TargetOf(path) + "?response-content-disposition=" + EscapeUrl(disposition)),
      seconds);
}

}  // namespace reeve::tracking
