#include "reeve/server/description/form_data.h"

#include <algorithm>

#include "reeve/base/percent.h"

namespace reeve::server {
namespace {

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

FormData ParseFormData(std::string_view text) {
  FormData data;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    data.emplace_back(DecodeFormValue(pair.substr(0, equals)),
                      DecodeFormValue(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return data;
}

std::optional<std::string_view> FindValue(const FormData& data, std::string_view name) {
  for (const auto& [key, value] : data) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string EncodeQueryValue(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (IsPlain(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4];
    encoded += kDigits[byte & 15];
  }
  return encoded;
}

}  // namespace reeve::server
