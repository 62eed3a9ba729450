#include "reeve/server/scoring/json_body.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <simdjson.h>

#include "reeve/base/text.h"
#include "reeve/base/wide_loops.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {
namespace {

// All bits that some byte has, as words. REQUIRES: a word may be read at each eighth byte.
REEVE_LOOP std::uint64_t BitsOfWords(const char* bytes, std::size_t words) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + i * sizeof word, sizeof word);
    bits |= word;
  }
  return bits;
}

// Nearly all bodies are ASCII, which is seen in half the time.
bool IsUtf8Body(std::string_view body) {
  constexpr std::uint64_t kBeyondAscii = 0x8080808080808080ULL;
  const std::size_t words = body.size() / sizeof(std::uint64_t);
  const std::string_view rest = body.substr(words * sizeof(std::uint64_t));
  const bool is_ascii =
      (RunLoop<BitsOfWords>(body.data(), words) & kBeyondAscii) == 0 &&
      std::all_of(rest.begin(), rest.end(), [](char c) { return (c & 0x80) == 0; });
  return is_ascii || simdjson::validate_utf8(body.data(), body.size());
}

}  // namespace

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
  if (!IsUtf8Body(request.body)) {
    AnswerError(400, "invalid_json", "the body is not UTF-8", response);
    return false;
  }
  return true;
}

}  // namespace reeve::server
