#include "reeve/tracking/s3/bucket.h"

#include <algorithm>
#include <iterator>
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

std::string PrefixOf(const std::string& folder) { return folder.empty() ? "" : folder + "/"; }

// Empty when the answer does not say that the bucket is in another region.
std::string RegionIn(const HttpAnswer& answer) {
  if (answer.status != 301 && answer.status != 307 && answer.status != 400) return "";
  const auto header = answer.headers.find("x-amz-bucket-region");
  const std::string region =
      header != answer.headers.end() ? header->second : ParseS3Error(answer.body).region;
  return IsS3Region(region) ? region : "";
}

}  // namespace

Result<BucketLocation> ParseS3Uri(const std::string& uri) {
  const auto wrong = [&](const std::string& what) {
    return Status::InvalidArgument("artifact location " + Quote(uri, 300) + ": " + what +
                                   ", expected s3://BUCKET/PATH");
  };
  if (!uri.starts_with(kScheme)) return wrong("it is not in S3");
  std::string rest = uri.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  BucketLocation location{.bucket = rest.substr(0, slash),
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

std::string S3Bucket::TargetOf(const std::string& path) { return "/" + EscapeUrl(path, true); }

std::string S3Bucket::FileText(const std::string& path) { return "the file " + Quote(path, 300); }

std::string S3Bucket::BaseIn(const std::string& region) const {
  std::string endpoint = settings_.endpoint;
  if (endpoint.empty())
    endpoint = "https://s3." + region +
               (region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
  const bool is_virtual = settings_.addressing == S3Addressing::kVirtual ||
                          (settings_.addressing == S3Addressing::kAuto &&
                           settings_.endpoint.empty() && IsHostName(bucket_));
  if (!is_virtual) return endpoint + "/" + bucket_;
  return endpoint.insert(endpoint.find("://") + 3, bucket_ + ".");
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
  REEVE_ASSIGN_OR_RETURN(const ServerUrl server, ParseServerUrl(BaseIn(region)));
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
  const bool is_elsewhere = !other.empty() && other != region;
  if (is_elsewhere) {
    REEVE_ASSIGN_OR_RETURN(client, ClientFor(other));
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_region_known_ = true;
    if (!is_elsewhere) return answer;
    client_ = client;
    region_ = other;
  }
  return ask(*client);
}

StatusCode S3Bucket::CodeOf(const HttpAnswer& answer, const std::string& error) const {
  // Without the bucket nothing is reached; a file that is not in it is another matter.
  if (answer.status == 404 && (error != "NoSuchBucket" || settings_.tells_refusals))
    return StatusCode::kNotFound;
  if (!settings_.tells_refusals) return StatusCode::kUnavailable;
  if (answer.status == 401 || answer.status == 403 || error == "ExpiredToken")
    return StatusCode::kRequirementUnmet;
  constexpr std::string_view kOfTheParts[] = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall",
                                              "MalformedXML", "InvalidArgument"};
  const bool is_of_the_parts =
      std::find(std::begin(kOfTheParts), std::end(kOfTheParts), error) != std::end(kOfTheParts);
  return is_of_the_parts ? StatusCode::kInvalidArgument : StatusCode::kUnavailable;
}

Status S3Bucket::Failure(const HttpAnswer& answer, const std::string& what) const {
  const S3Error error = ParseS3Error(answer.body);
  std::string text = name_ + " answers " + what + " with " + std::to_string(answer.status);
  if (!error.code.empty()) text += " " + error.code;
  if (!error.message.empty()) text += ": " + Quote(error.message, 300);
  if (answer.tried > 0) text += " (tried " + std::to_string(answer.tried + 1) + " times)";
  Status status(CodeOf(answer, error.code), std::move(text));
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

Result<S3Listing> S3Bucket::ListPage(const S3Page& page) {
  // Signed in the order of their names.
  std::string query = page.token.empty() ? "" : "continuation-token=" + EscapeUrl(page.token) + "&";
  if (page.is_flat) query += "delimiter=%2F&";
  query +=
      "list-type=2&max-keys=" + std::to_string(page.most) + "&prefix=" + EscapeUrl(page.prefix);
  const HttpRequest request = NewRequest("GET", "/?" + query);
  const std::string what = "the list of " + Quote(page.prefix, 300);
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, CallFor200(what, [&](HttpClient& client) {
                           return client.Send(request);
                         }));
  Result<S3Listing> listing = ParseS3Listing(answer.body);
  if (listing.ok()) return listing;
  return Unreadable(what, listing.status());
}

Status S3Bucket::Check(const std::string& folder) {
  return ListPage({.prefix = PrefixOf(folder), .most = 1}).status();
}

Result<std::vector<ArtifactFile>> S3Bucket::List(const std::string& folder,
                                                 const FetchLimits& limits) {
  const std::string prefix = PrefixOf(folder);
  const std::string where = "artifacts at " + Quote(folder, 300) + " of " + name_;
  std::vector<ArtifactFile> files;
  S3Page page{.prefix = prefix};
  for (int pages = 0; pages < kMostPages; ++pages) {
    REEVE_ASSIGN_OR_RETURN(const S3Listing listing, ListPage(page));
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
    page.token = listing.next;
    if (page.token.empty()) return files;
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
  REEVE_ASSIGN_OR_RETURN(const std::string upload, BeginParts(path));
  Status status = SendParts(path, upload, file, bytes);
  if (!status.ok()) (void)AbortParts(path, upload);
  return status;
}

Status S3Bucket::SendParts(const std::string& path, const std::string& upload,
                           const std::string& file, std::uint64_t bytes) {
  const std::uint64_t most = std::max(settings_.part_bytes, (bytes + kMostParts - 1) / kMostParts);
  std::vector<ObjectPart> parts;
  for (std::uint64_t from = 0; from < bytes; from += most) {
    const int part = static_cast<int>(parts.size()) + 1;
    const std::string number = std::to_string(part);
    const std::string what = "PUT of part " + number + " of " + FileText(path);
    const HttpRequest request = NewRequest(
        "PUT", TargetOf(path) + "?partNumber=" + number + "&uploadId=" + EscapeUrl(upload));
    REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer, CallFor200(what, [&](HttpClient& client) {
                             return client.Upload(request,
                                                  {.file = file, .from = from, .most = most});
                           }));
    const auto etag = answer.headers.find("etag");
    if (etag == answer.headers.end())
      return Status::Unavailable(name_ + " answers " + what + " without an ETag");
    parts.push_back({.number = part, .etag = etag->second});
  }
  return CompleteParts(path, upload, parts);
}

}  // namespace reeve::tracking
