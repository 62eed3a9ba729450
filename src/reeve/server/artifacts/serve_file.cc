#include "reeve/server/artifacts/serve_file.h"

#include <optional>

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_error.h"
#include "reeve/server/artifacts/artifact_path.h"
#include "reeve/server/artifacts/byte_range.h"
#include "reeve/server/artifacts/media_type.h"
#include "reeve/server/http_date.h"

namespace reeve::server {

namespace {

// Whether a list of tags, as If-None-Match has it, names `tag`; weak ones count.
bool Names(std::string_view list, std::string_view tag) {
  if (Trim(list) == "*") return true;
  for (const auto& part : Split(list, ',')) {
    auto one = Trim(part);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
  }
  return false;
}

struct Validators {
  std::string tag, date;
  std::optional<std::int64_t> seconds;
};

bool IsUnchanged(const Request& request, const Validators& validators) {
  if (const auto tags = request.Header("If-None-Match"); !tags.empty()) {
    return Names(tags, validators.tag);
  }
  const auto since = ReadHttpDate(Trim(request.Header("If-Modified-Since")));
  return since && validators.seconds && *validators.seconds <= *since;
}

// Ranges of another file than the one the client has a part of are no use to it.
bool TakesRange(const Request& request, const Validators& validators) {
  if (request.method != "GET") return false;
  const auto condition = Trim(request.Header("If-Range"));
  return condition.empty() || condition == validators.tag || condition == validators.date;
}

void RefuseRange(const std::string& range, std::uint64_t size, Response& response) {
  const auto total = std::to_string(size);
  RefuseArtifact(
      Status::InvalidArgument("Range is " + Quote(range) + ", the file has " + total + " bytes"),
      response);
  response.status = 416;
  response.headers = {{"Content-Range", "bytes */" + total}};
}

}  // namespace

void ServeFile(const Request& request, Response& response, const ArtifactRepository& repository,
               std::string_view path) {
  const std::string header(request.Header("Range"));
  const auto file = repository.Open(path, request.method == "GET" && header.empty());
  const auto safe = SafeArtifactPath(path);
  if (!file.ok() || !safe.ok()) return RefuseArtifact(file.status(), response);
  const Validators validators{file->tag, file->modified ? HttpDate(*file->modified) : "",
                              file->modified};
  const auto name = BaseName(*safe);
  response.status = 200;
  response.content_type = MediaTypeOf(name);
  response.headers = {{"Content-Disposition", AttachmentHeader(name)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Cache-Control", "no-cache"},
                      {"Accept-Ranges", "bytes"}};
  if (!validators.date.empty()) response.headers.emplace_back("Last-Modified", validators.date);
  if (!validators.tag.empty()) response.headers.emplace_back("ETag", validators.tag);
  if (IsUnchanged(request, validators)) {
    response.status = 304;
    return;
  }
  if (!header.empty() && TakesRange(request, validators)) {
    const auto range = ReadByteRange(header, file->size);
    if (range.kind == ByteRange::Kind::kUnsatisfiable) {
      return RefuseRange(header, file->size, response);
    }
    if (range.kind == ByteRange::Kind::kPart) {
      response.status = 206;
      response.headers.emplace_back("Content-Range",
                                    "bytes " + std::to_string(range.offset) + "-" +
                                        std::to_string(range.offset + range.length - 1) + "/" +
                                        std::to_string(file->size));
      return file->send(range.offset, range.length, response);
    }
  }
  file->send(0, file->size, response);
}

}  // namespace reeve::server
