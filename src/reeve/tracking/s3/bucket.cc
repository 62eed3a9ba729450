#include "reeve/tracking/s3/bucket.h"

#include <algorithm>
#include <utility>

#include "reeve/base/clock.h"
#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_tree.h"
#include "reeve/tracking/s3/documents.h"

namespace reeve::tracking {
namespace {

constexpr std::string_view kScheme = "s3://";
// A store that never ends its pages would keep us for good.
constexpr int kMostPages = 10'000;
constexpr int kPageFiles = 1'000;
constexpr std::uint64_t kMostParts = 10'000;

bool IsBucket(const std::string& name) {
  constexpr std::string_view kBytes =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find_first_not_of(kBytes) == std::string::npos;
}

// A name that can stand before Amazon's host, where one certificate is for all of them.
bool IsHostName(const std::string& bucket) {
  constexpr std::string_view kBytes = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return bucket.size() <= 63 && bucket.find_first_not_of(kBytes) == std::string::npos &&
         !bucket.starts_with('-') && !bucket.ends_with('-');
}

// The address below which the files of a bucket lie.
std::string BaseOf(const std::string& bucket, const S3Settings& settings,
                   const std::string& region) {
  std::string endpoint = settings.endpoint;
  if (endpoint.empty())
    endpoint = "https://s3." + region +
               (region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
  const bool is_virtual = settings.addressing == S3Addressing::kVirtual ||
                          (settings.addressing == S3Addressing::kAuto &&
                           settings.endpoint.empty() && IsHostName(bucket));
  if (!is_virtual) return endpoint + "/" + bucket;
  return endpoint.insert(endpoint.find("://") + 3, bucket + ".");
}

std::string TargetOf(const std::string& path) { return "/" + EscapeUrl(path, true); }

std::string PrefixOf(const std::string& folder) { return folder.empty() ? "" : folder + "/"; }

std::string FileText(const std::string& path) { return "the file " + Quote(path, 300); }

// Empty when the answer does not say that the bucket is in another region.
std::string RegionIn(const HttpAnswer& answer) {
  if (answer.status != 301 && answer.status != 307 && answer.status != 400) return "";
  const auto header = answer.headers.find("x-amz-bucket-region");
  const std::string region =
      header != answer.headers.end() ? header->second : ParseS3Error(answer.body).region;
  return IsS3Region(region) ? region : "";
}

}  // namespace

Result<S3Location> ParseS3Uri(const std::string& uri) {
  const auto wrong = [&](const std::string& what) {
    return Status::InvalidArgument("artifact location " + Quote(uri, 300) + ": " + what +
                                   ", expected s3://BUCKET/PATH");
  };
  if (!uri.starts_with(kScheme)) return wrong("it is not in S3");
  std::string rest = uri.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  S3Location location{.bucket = rest.substr(0, slash),
                      .path = rest.substr(std::min(slash + 1, rest.size()))};
  if (!IsBucket(location.bucket)) return wrong("its bucket cannot be read");
  if (location.path.ends_with('/')) location.path.pop_back();
  if (location.path.find_first_of("?#") != std::string::npos)
    return wrong("\"?\" and \"#\" mean nothing there");
  const std::vector<std::string> names = Split(location.path, '/');
  if (!location.path.empty() && !std::all_of(names.begin(), names.end(), IsPlainName))
    return wrong("its path cannot be read");
  return location;
}

S3Bucket::S3Bucket(std::string bucket, S3Settings settings, HttpOptions http)
    : bucket_(std::move(bucket)),
      settings_(std::move(settings)),
      http_(std::move(http)),
      name_("S3 bucket " + Quote(bucket_)),
      region_(settings_.region) {
  if (!settings_.endpoint.empty()) name_ += " of " + Quote(settings_.endpoint, 300);
  http_.peer = {.name = "S3", .start = "", .authority_variable = "AWS_CA_BUNDLE"};
}

Result<std::unique_ptr<S3Bucket>> S3Bucket::Open(const std::string& bucket,
                                                 const S3Settings& settings, HttpOptions http) {
  std::unique_ptr<S3Bucket> opened(new S3Bucket(bucket, settings, std::move(http)));
  REEVE_ASSIGN_OR_RETURN(opened->client_, opened->ClientFor(settings.region));
  return opened;
}

Result<std::shared_ptr<HttpClient>> S3Bucket::ClientFor(const std::string& region) const {
  REEVE_ASSIGN_OR_RETURN(const ServerUrl server,
                         ParseServerUrl(BaseOf(bucket_, settings_, region)));
  Credentials credentials{.authority_file = settings_.authority_file,
                          .sign =
                              [key = settings_.key, region, server](const HttpRequest& request,
                                                                    const std::string& digest) {
                                return SignS3Request(key, region, server, request, digest,
                                                     Clock::System().NowMs());
                              },
                          .trusts_anyone = settings_.trusts_anyone};
  REEVE_ASSIGN_OR_RETURN(auto client, HttpClient::Make(server, std::move(credentials), http_));
  return std::shared_ptr<HttpClient>(std::move(client));
}

Result<HttpAnswer> S3Bucket::Call(const Ask& ask) {
  std::shared_ptr<HttpClient> client;
  std::string region;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    client = client_;
    region = region_;
  }
  REEVE_ASSIGN_OR_RETURN(HttpAnswer answer, ask(*client));
  const std::string other = RegionIn(answer);
  if (other.empty() || other == region) return answer;
  REEVE_ASSIGN_OR_RETURN(client, ClientFor(other));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    client_ = client;
    region_ = other;
  }
  return ask(*client);
}

Status S3Bucket::Failure(const HttpAnswer& answer, const std::string& what) const {
  const S3Error error = ParseS3Error(answer.body);
  std::string text = name_ + " answers " + what + " with " + std::to_string(answer.status);
  if (!error.code.empty()) text += " " + error.code;
  if (!error.message.empty()) text += ": " + Quote(error.message, 300);
  if (answer.tried > 0) text += " (tried " + std::to_string(answer.tried + 1) + " times)";
  // Without the bucket nothing is reached; a file that is not in it is another matter.
  if (answer.status == 404 && error.code != "NoSuchBucket") return Status::NotFound(text);
  Status status = Status::Unavailable(text);
  if (error.code == "NoSuchBucket")
    return std::move(status).WithFix(
        "check the bucket, and where it is looked for: MLFLOW_S3_ENDPOINT_URL");
  if (error.code == "RequestTimeTooSkewed")
    return std::move(status).WithFix("set the clock of this machine");
  if (answer.status == 401 || answer.status == 403)
    return std::move(status).WithFix(
        "check the key pair (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE) and "
        "what it may do in the bucket");
  return status;
}

Status S3Bucket::Unreadable(const std::string& what, const Status& why) const {
  return Status::Unavailable(name_ + " answers " + what +
                             " with what cannot be read: " + why.message());
}

Result<HttpAnswer> S3Bucket::CallFor200(const std::string& what, const Ask& ask) {
  REEVE_ASSIGN_OR_RETURN(HttpAnswer answer, Call(ask));
  if (answer.status == 200) return answer;
  return Failure(answer, what);
}

HttpRequest S3Bucket::NewRequest(const std::string& method, const std::string& target) const {
  return {.method = method,
          .path = target,
          .content_type = "application/xml",
          .headers = settings_.headers};
}

Result<S3Listing> S3Bucket::ListPage(const std::string& folder, const std::string& token,
                                     int most) {
  const std::string from = token.empty() ? "" : "continuation-token=" + EscapeUrl(token) + "&";
  const HttpRequest request =
      NewRequest("GET", "/?" + from + "list-type=2&max-keys=" + std::to_string(most) +
                            "&prefix=" + EscapeUrl(PrefixOf(folder)));
  const std::string what = "the list of the folder " + Quote(folder, 300);
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, CallFor200(what, [&](HttpClient& client) {
                           return client.Send(request);
                         }));
  Result<S3Listing> listing = ParseS3Listing(answer.body);
  if (listing.ok()) return listing;
  return Unreadable(what, listing.status());
}

Status S3Bucket::Check(const std::string& folder) { return ListPage(folder, "", 1).status(); }

Result<std::vector<ArtifactFile>> S3Bucket::List(const std::string& folder,
                                                 const FetchLimits& limits) {
  const std::string prefix = PrefixOf(folder);
  const std::string where = "artifacts at " + Quote(folder, 300) + " of " + name_;
  std::vector<ArtifactFile> files;
  std::string token;
  for (int page = 0; page < kMostPages; ++page) {
    REEVE_ASSIGN_OR_RETURN(const S3Listing listing, ListPage(folder, token, kPageFiles));
    for (const S3Object& object : listing.objects) {
      if (object.key.ends_with('/')) continue;  // stands for an empty folder
      const std::string path =
          object.key.starts_with(prefix) ? object.key.substr(prefix.size()) : "";
      const std::vector<std::string> names = Split(path, '/');
      if (!std::all_of(names.begin(), names.end(), IsPlainName))
        return Status::Corrupt(name_ + " lists " + Quote(object.key, 300) + " in the folder " +
                               Quote(folder, 300) + ", which is no path of a file below it");
      if (static_cast<int>(names.size()) - 1 > limits.depth)
        return Status::Unavailable(where + " lie in folders deeper than " +
                                   std::to_string(limits.depth));
      files.push_back({path, object.bytes});
      if (files.size() > limits.files)
        return Status::Unavailable(where + " are more than " + std::to_string(limits.files) +
                                   " files");
    }
    token = listing.next;
    if (token.empty()) return files;
  }
  return Status::Unavailable(where + " have a list that does not end");
}

Status S3Bucket::Download(const std::string& path, const Sink& sink, const Restart& restart) {
  const HttpRequest request = NewRequest("GET", TargetOf(path));
  return CallFor200("GET of " + FileText(path),
                    [&](HttpClient& client) { return client.Download(request, sink, restart); })
      .status();
}

Status S3Bucket::Upload(const std::string& path, const std::string& file) {
  REEVE_ASSIGN_OR_RETURN(const std::uint64_t bytes, FileSystem::System().Size(file));
  return bytes > settings_.part_bytes ? PutParts(path, file, bytes) : PutWhole(path, file);
}

Status S3Bucket::PutWhole(const std::string& path, const std::string& file) {
  HttpRequest request = NewRequest("PUT", TargetOf(path));
  const auto& more = settings_.upload_headers;
  request.headers.insert(request.headers.end(), more.begin(), more.end());
  return CallFor200("PUT of " + FileText(path),
                    [&](HttpClient& client) { return client.Upload(request, {.file = file}); })
      .status();
}

// The file is there when all of its parts are; parts of one that failed are taken back.
Status S3Bucket::PutParts(const std::string& path, const std::string& file, std::uint64_t bytes) {
  const std::string what = "the beginning of the upload of " + FileText(path);
  HttpRequest begin = NewRequest("POST", TargetOf(path) + "?uploads=");
  const auto& more = settings_.upload_headers;
  begin.headers.insert(begin.headers.end(), more.begin(), more.end());
  begin.headers.emplace_back("Content-Length: 0");
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer begun,
                         CallFor200(what, [&](HttpClient& client) { return client.Send(begin); }));
  const Result<std::string> id = ParseUploadId(begun.body);
  if (!id.ok()) return Unreadable(what, id.status());
  const std::string upload = "uploadId=" + EscapeUrl(*id);
  Status status = SendParts(path, upload, file, bytes);
  if (!status.ok()) {
    const HttpRequest abort = NewRequest("DELETE", TargetOf(path) + "?" + upload);
    (void)Call([&](HttpClient& client) { return client.Send(abort); });
  }
  return status;
}

Status S3Bucket::SendParts(const std::string& path, const std::string& upload,
                           const std::string& file, std::uint64_t bytes) {
  const std::uint64_t most = std::max(settings_.part_bytes, (bytes + kMostParts - 1) / kMostParts);
  std::vector<std::string> etags;
  for (std::uint64_t from = 0; from < bytes; from += most) {
    const std::string number = std::to_string(etags.size() + 1);
    const std::string what = "PUT of part " + number + " of " + FileText(path);
    const HttpRequest request =
        NewRequest("PUT", TargetOf(path) + "?partNumber=" + number + "&" + upload);
    REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, CallFor200(what, [&](HttpClient& client) {
                             return client.Upload(request,
                                                  {.file = file, .from = from, .most = most});
                           }));
    const auto etag = answer.headers.find("etag");
    if (etag == answer.headers.end())
      return Status::Unavailable(name_ + " answers " + what + " without an ETag");
    etags.push_back(etag->second);
  }
  const std::string what = "the end of the upload of " + FileText(path);
  HttpRequest request = NewRequest("POST", TargetOf(path) + "?" + upload);
  request.body = CompletionOf(etags);
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, CallFor200(what, [&](HttpClient& client) {
                           return client.Send(request);
                         }));
  // It begins to answer before it knows how it ends.
  if (!ParseS3Error(answer.body).code.empty()) return Failure(answer, what);
  return Status::Ok();
}

}  // namespace reeve::tracking
