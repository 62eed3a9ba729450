#include "reeve/server/artifacts/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "reeve/base/text.h"

namespace reeve::server {

namespace {

// Digits only; more than fit are as good as the largest.
std::optional<std::uint64_t> ReadNumber(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return {};
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc::result_out_of_range ? UINT64_MAX : value;
}

}  // namespace

ByteRange ReadByteRange(std::string_view header, std::uint64_t size) {
  const ByteRange whole{ByteRange::Kind::kWhole, 0, size};
  const auto equals = header.find('=');
  if (equals == std::string_view::npos || ToLower(Trim(header.substr(0, equals))) != "bytes") {
    return whole;
  }
  const auto range = Trim(header.substr(equals + 1));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first_text = Trim(range.substr(0, dash)), last_text = Trim(range.substr(dash + 1));
  const auto first = ReadNumber(first_text), last = ReadNumber(last_text);
  if ((!first && !first_text.empty()) || (!last && !last_text.empty()) || (!first && !last)) {
    return whole;
  }
  const ByteRange none{ByteRange::Kind::kUnsatisfiable, 0, 0};
  if (!first) {
    const auto length = std::min(*last, size);
    return length == 0 ? none : ByteRange{ByteRange::Kind::kPart, size - length, length};
  }
  if (last && *last < *first) return whole;
  if (*first >= size) return none;
  const auto end = std::min(last.value_or(UINT64_MAX), size - 1);
  return {ByteRange::Kind::kPart, *first, end - *first + 1};
}

}  // namespace reeve::server
