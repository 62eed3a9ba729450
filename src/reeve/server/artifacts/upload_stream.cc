#include "reeve/server/artifacts/upload_stream.h"

#include <charconv>

#include "reeve/server/artifacts/artifact_error.h"

namespace reeve::server {

void UploadStream::OnBytes(std::string_view bytes, std::string& /*out*/) {
  if (status_.ok()) status_ = Write(bytes);
}

void UploadStream::OnEnd(std::string& out) {
  ended_ = true;
  if (status_.ok()) status_ = Finish();
  out.append("{}");
}

bool UploadStream::Ready(Response& response) {
  if (!status_.ok()) {
    RefuseArtifact(status_, response, disk_full());
    return true;
  }
  if (ended_) Describe(response);
  return ended_;
}

std::optional<std::uint64_t> AnnouncedLength(const Request& request) {
  const auto text = request.Header("Content-Length");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return length;
}

}  // namespace reeve::server
