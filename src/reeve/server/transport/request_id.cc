#include "reeve/server/transport/request_id.h"

#include <algorithm>
#include <charconv>

#include "reeve/base/id.h"

namespace reeve::server {

RequestIds::RequestIds() : prefix_(NewId().substr(0, 16) + "-") {}

void RequestIds::Next(std::string& id) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, ++count_, 16).ptr;
  id.assign(prefix_).append(digits, end);
}

bool RequestIds::IsSound(std::string_view id) {
  return !id.empty() && id.size() <= 128 &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool IsTraceparent(std::string_view text) {
  if (text.size() != 55 || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') {
    return false;
  }
  const auto is_hex = [](std::string_view part) {
    return part.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  };
  const auto is_id = [&](std::string_view part) {
    return is_hex(part) && part.find_first_not_of('0') != std::string_view::npos;
  };
  return is_id(text.substr(3, 32)) && is_id(text.substr(36, 16)) && is_hex(text.substr(53));
}

}  // namespace reeve::server
