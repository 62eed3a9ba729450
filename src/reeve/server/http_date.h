#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reeve::server {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string HttpDate(std::int64_t unix_seconds);

/// The seconds of a date in that form; nothing for others, those of the last century included.
std::optional<std::int64_t> ReadHttpDate(std::string_view text);

}  // namespace reeve::server
