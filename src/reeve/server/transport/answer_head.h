#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reeve/server/http.h"

namespace reeve::server {

/// How the end of an answer's body is told.
enum class Framing {
  /// Content-Length.
  kLength,
  /// Chunks.
  kChunked,
  /// The connection closes: HTTP/1.0 without a length.
  kUntilClose,
};

struct AnswerFacts {
  Framing framing = Framing::kLength;
  /// With kLength.
  std::uint64_t length = 0;
  std::string_view request_id;
  /// Sent back as it came; empty: not sent.
  std::string_view traceparent;
  /// "Date: …\r\n".
  std::string_view date_line;
  bool keep_alive = true;
  /// The client speaks HTTP/1.0, where staying open has to be said.
  bool is_1_0 = false;
};

/// Appends status line and headers, up to and with the empty line. Headers of the response that
/// hold line breaks are left out: a value must not become a header.
void AppendAnswerHead(const Response& response, const AnswerFacts& facts, std::string& out);

/// Appends one chunk; nothing for no bytes, which would end the body.
void AppendChunk(std::string_view bytes, std::string& out);

/// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n".
std::string DateLine(std::int64_t unix_seconds);

}  // namespace reeve::server
