#include "reeve/mlflow/search/base64.h"

#include <cstddef>
#include <cstdint>

namespace reeve::mlflow {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      const bool padding = i + j > bytes.size();
      text.push_back(padding ? '=' : kAlphabet[bits >> (18 - 6 * j) & 63U]);
    }
  }
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '=') {
      if (digits % 4 < 2) continue;  // nothing to fill up
      if (digits % 4 + ++padding == 4) return bytes;
      continue;
    }
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) continue;
    padding = 0;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (++digits % 4 != 1) {
      bytes.push_back(static_cast<char>(bits >> (6 - 2 * ((digits - 1) % 4)) & 255U));
    }
  }
  if (digits % 4 != 0) return std::nullopt;
  return bytes;
}

}  // namespace reeve::mlflow
