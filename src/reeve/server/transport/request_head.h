#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace reeve::server {

/// A piece of a head, counted from its first byte: heads move with the buffer they lie in.
struct HeadPiece {
  std::uint32_t at = 0, size = 0;
  std::string_view In(std::string_view head) const { return head.substr(at, size); }
};

/// A request's line and headers, understood. Reused, so that a warm one allocates nothing.
struct RequestHead {
  struct Field {
    HeadPiece name, value;
  };
  /// Bytes up to and with the empty line.
  std::size_t size = 0;
  HeadPiece method, target;
  std::vector<Field> fields;
  /// Values of headers that matter here; size 0: absent.
  HeadPiece authorization, content_encoding, request_id, traceparent, expect;
  /// What the body is framed by. Never both.
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = false;
  /// HTTP/1.0: no chunks, no 100-continue.
  bool is_1_0 = false;
};

enum class HeadOutcome {
  /// Not complete; nothing was used.
  kNeedMore,
  kComplete,
  /// 400.
  kMalformed,
  /// 431: larger than max_size, or too many fields.
  kTooLarge,
  /// 501: a transfer coding other than chunked.
  kUnknownCoding,
  /// 505: neither HTTP/1.1 nor 1.0.
  kUnknownVersion,
};

struct HeadLimits {
  std::size_t max_size = 16u << 10;
  std::size_t max_fields = 128;
};

/// Reads the head that `bytes` begin with. Strict where leniency has been a hole: two lengths, a
/// length beside chunks, folded lines, blanks before a colon, lone line feeds, no Host (RFC 9112).
/// `scanned` remembers between calls for the same head how far it was searched for its end; it
/// starts at 0.
HeadOutcome ReadHead(std::string_view bytes, const HeadLimits& limits, std::size_t& scanned,
                     RequestHead& head);

}  // namespace reeve::server
