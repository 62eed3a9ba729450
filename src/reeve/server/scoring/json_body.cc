#include "reeve/server/scoring/json_body.h"

#include <simdjson.h>

#include "reeve/base/text.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

std::string MediaType(std::string_view content_type) {
  return ToLower(Trim(content_type.substr(0, content_type.find(';'))));
}

bool IsUtf8Charset(std::string_view content_type) {
  const std::string lower = ToLower(content_type);
  const std::size_t at = lower.find("charset=");
  if (at == std::string::npos) return true;
  std::string_view charset = Trim(std::string_view(lower).substr(at + 8));
  charset = Trim(charset.substr(0, charset.find(';')));
  if (charset.size() > 1 && charset.front() == '"') charset = charset.substr(1, charset.size() - 2);
  return charset == "utf-8" || charset == "utf8" || charset == "us-ascii";
}

bool TakesJson(const Request& request, Response& response) {
  const std::string_view type = request.Header("content-type");
  // What nearly every caller sends needs no copies.
  if (!type.empty() && type != "application/json") {
    const std::string media = MediaType(type);
    if ((media != "application/json" && !media.ends_with("+json")) || !IsUtf8Charset(type)) {
      AnswerError(415, "unsupported_media_type",
                  "Content-Type is " + Quote(type) + ", expected application/json in UTF-8",
                  response);
      return false;
    }
  }
  const std::string_view encoding = request.Header("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    AnswerError(
        415, "unsupported_media_type",
        "Content-Encoding is " + Quote(encoding) + ", expected a body that is not compressed",
        response);
    return false;
  }
  if (!simdjson::validate_utf8(request.body.data(), request.body.size())) {
    AnswerError(400, "invalid_json", "the body is not UTF-8", response);
    return false;
  }
  return true;
}

}  // namespace reeve::server
