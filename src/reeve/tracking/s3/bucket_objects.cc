// What a server hands on of a bucket: folders and pieces of files; and what it deletes there.

#include <algorithm>
#include <optional>
#include <utility>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/tracking/artifact_tree.h"
#include "reeve/tracking/s3/bucket.h"

namespace reeve::tracking {
namespace {

// A thousand names each.
constexpr int kMostPages = 1'000;

std::string HeaderOf(const HttpAnswer& answer, const char* name) {
  const auto header = answer.headers.find(name);
  return header != answer.headers.end() ? header->second : "";
}

// Of "bytes 0-9/100" the 100.
std::optional<std::uint64_t> TotalOf(const HttpAnswer& answer) {
  const std::string range = HeaderOf(answer, "content-range");
  const std::size_t slash = range.find('/');
  if (slash == std::string::npos) return {};
  const auto total = ParseInteger(std::string_view(range).substr(slash + 1));
  if (!total || *total < 0) return {};
  return static_cast<std::uint64_t>(*total);
}

ObjectFacts FactsOf(const HttpAnswer& answer, std::uint64_t bytes) {
  return {.bytes = bytes,
          .etag = HeaderOf(answer, "etag"),
          .modified = HeaderOf(answer, "last-modified")};
}

}  // namespace

Result<std::vector<ObjectEntry>> S3Bucket::ListFolder(const std::string& folder) {
  const std::string prefix = folder.empty() ? "" : folder + "/";
  std::vector<ObjectEntry> entries;
  const auto add = [&](const std::string& key, bool is_folder, std::uint64_t bytes) {
    std::string name = key.starts_with(prefix) ? key.substr(prefix.size()) : "";
    if (is_folder && name.ends_with('/')) name.pop_back();
    if (!IsPlainName(name)) return;  // stands for an empty folder, or is out of reach
    entries.push_back({.name = std::move(name), .is_folder = is_folder, .bytes = bytes});
  };
  S3Page page{.prefix = prefix, .is_flat = true};
  for (int pages = 0; pages < kMostPages; ++pages) {
    REEVE_ASSIGN_OR_RETURN(const S3Listing listing, ListPage(page));
    for (const std::string& found : listing.folders) add(found, true, 0);
    for (const S3Object& object : listing.objects) add(object.key, false, object.bytes);
    page.token = listing.next;
    if (page.token.empty()) return entries;
  }
  return Status::Unavailable("the folder " + Quote(folder, 300) + " of " + name_ +
                             " has more than a million names");
}

Result<ObjectPiece> S3Bucket::Read(const std::string& path, std::uint64_t from, std::uint64_t most,
                                   const std::string& etag) {
  const std::string what = "GET of " + FileText(path);
  HttpRequest request = NewRequest("GET", TargetOf(path));
  if (!etag.empty()) request.headers.push_back("If-Match: " + etag);
  HttpRequest ranged = request;
  ranged.headers.push_back("Range: bytes=" + std::to_string(from) + "-" +
                           std::to_string(from + most - 1));
  REEVE_ASSIGN_OR_RETURN(HttpAnswer answer,
                         Call([&](HttpClient& client) { return client.Send(ranged); }));
  // An empty file has no range.
  if (answer.status == 416 && from == 0) {
    REEVE_ASSIGN_OR_RETURN(answer, Call([&](HttpClient& client) { return client.Send(request); }));
  }
  if (answer.status == 412)
    return Status::Unavailable(FileText(path) + " of " + name_ + " was replaced while it was read");
  const bool is_whole = answer.status == 200 && from == 0 && answer.body.size() <= most;
  if (answer.status != 206 && !is_whole) return Failure(answer, what);
  const auto total = is_whole ? answer.body.size() : TotalOf(answer);
  if (!total || *total < from || answer.body.size() != std::min(most, *total - from))
    return Unreadable(what, Status::Corrupt("it is not the range that was asked for"));
  ObjectFacts facts = FactsOf(answer, *total);
  return ObjectPiece{.facts = std::move(facts), .bytes = std::move(answer.body)};
}

Status S3Bucket::DeleteKey(const std::string& key) {
  const HttpRequest request = NewRequest("DELETE", TargetOf(key));
  REEVE_ASSIGN_OR_RETURN(const HttpAnswer answer,
                         Call([&](HttpClient& client) { return client.Send(request); }));
  if (answer.status == 200 || answer.status == 204) return Status::Ok();
  Status status = Failure(answer, "DELETE of " + FileText(key));
  const bool is_gone = answer.status == 404 && ParseS3Error(answer.body).code != "NoSuchBucket";
  return is_gone ? Status::Ok() : status;
}

// One by one: deleting many in one call needs a digest that not every store understands.
Status S3Bucket::Delete(const std::string& path) {
  // Not just tried: a bucket that keeps versions would note that what never was is gone. A file
  // comes before all that its name begins.
  REEVE_ASSIGN_OR_RETURN(const S3Listing first, ListPage({.prefix = path, .most = 1}));
  if (!first.objects.empty() && first.objects[0].key == path)
    REEVE_RETURN_IF_ERROR(DeleteKey(path));
  S3Page page{.prefix = path + "/"};
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const S3Listing listing, ListPage(page));
    for (const S3Object& object : listing.objects) {
      if (!object.key.starts_with(page.prefix))
        return Unreadable("the list of " + Quote(page.prefix, 300),
                          Status::Corrupt("it names " + Quote(object.key, 300)));
      REEVE_RETURN_IF_ERROR(DeleteKey(object.key));
    }
    page.token = listing.next;
    if (page.token.empty()) return Status::Ok();
  }
}

}  // namespace reeve::tracking
