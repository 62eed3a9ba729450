#include "reeve/server/description/html.h"

#include <cmath>
#include <cstdint>
#include <cstdio>

#include "reeve/base/text.h"

namespace reeve::server {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Bytes of the well-formed UTF-8 sequence at the front of `text`; 0 when there is none.
std::size_t SequenceLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return IsUtf8(text.substr(0, length)) ? std::min(length, text.size()) : 0;
}

}  // namespace

Html& Html::Text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const std::size_t length = SequenceLength(text.substr(i));
      html_ += length > 0 ? text.substr(i, length) : kReplacement;
      i += length > 0 ? length : 1;
      continue;
    }
    ++i;
    switch (c) {
      case '&':
        html_ += "&amp;";
        break;
      case '<':
        html_ += "&lt;";
        break;
      case '>':
        html_ += "&gt;";
        break;
      case '"':
        html_ += "&quot;";
        break;
      case '\'':
        html_ += "&#39;";
        break;
      case '\n':
        html_ += "&#10;";
        break;
      case '\r':
        html_ += "&#13;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
          html_ += kReplacement;
        } else {
          html_ += c;
        }
    }
  }
  return *this;
}

Html& Html::Attribute(std::string_view name, std::string_view value) {
  Raw(" ").Raw(name).Raw("=\"").Text(value).Raw("\"");
  return *this;
}

Html& Html::Element(std::string_view tag, std::string_view css_class, std::string_view text) {
  Raw("<").Raw(tag);
  if (!css_class.empty()) Attribute("class", css_class);
  return Raw(">").Text(text).Raw("</").Raw(tag).Raw(">");
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", share * 100);
  return text;
}

std::string ReadableNumber(double number) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (number == std::floor(number) && std::abs(number) < kExact) {
    const auto whole = static_cast<std::int64_t>(number);
    return std::abs(number) < 10'000 ? std::to_string(whole) : GroupDigits(whole);
  }
  // Fractions of large numbers say nothing.
  if (std::abs(number) >= 10'000 && std::abs(number) < kExact)
    return GroupDigits(std::llround(number));
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

}  // namespace reeve::server
