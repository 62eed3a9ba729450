#include "reeve/server/transport/answer_head.h"

#include <charconv>

#include "reeve/server/http_date.h"

namespace reeve::server {

namespace {

void AppendInteger(std::uint64_t value, int base, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value, base).ptr);
}

bool IsOneLine(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void AppendField(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void AppendAnswerHead(const Response& response, const AnswerFacts& facts, std::string& out) {
  if (response.status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
  } else {
    out.append("HTTP/1.1 ");
    AppendInteger(static_cast<std::uint64_t>(response.status), 10, out);
    out.append(" ").append(StatusReason(response.status)).append("\r\n");
  }
  // 204 and 304 have no body by definition, and RFC 9110 forbids a length for the first.
  const bool has_body = response.status != 204 && response.status != 304;
  if (has_body && !response.content_type.empty() && IsOneLine(response.content_type)) {
    AppendField("Content-Type", response.content_type, out);
  }
  if (has_body && facts.framing == Framing::kLength) {
    out.append("Content-Length: ");
    AppendInteger(facts.length, 10, out);
    out.append("\r\n");
  } else if (has_body && facts.framing == Framing::kChunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  for (const auto& [name, value] : response.headers) {
    if (IsOneLine(name) && IsOneLine(value)) AppendField(name, value, out);
  }
  AppendField("X-Request-Id", facts.request_id, out);
  if (!facts.traceparent.empty()) AppendField("traceparent", facts.traceparent, out);
  out.append(facts.date_line);
  if (!facts.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (facts.is_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

void AppendChunk(std::string_view bytes, std::string& out) {
  if (bytes.empty()) return;
  AppendInteger(bytes.size(), 16, out);
  out.append("\r\n").append(bytes).append("\r\n");
}

std::string DateLine(std::int64_t unix_seconds) {
  return "Date: " + HttpDate(unix_seconds) + "\r\n";
}

}  // namespace reeve::server
