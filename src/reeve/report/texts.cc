#include "reeve/report/texts.h"

#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "reeve/base/text.h"

namespace reeve::report {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// The character that begins at `at`, and moves `at` behind it; U+FFFD for a byte that begins none.
char32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (!IsUtf8(text.substr(at, length)) || at + length > text.size()) {
    ++at;
    return kReplacement;
  }
  char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i)
    code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  at += length;
  return code;
}

// Control characters, marks of direction, and what XML does not take.
bool IsUnfit(char32_t code) {
  const bool is_control = (code < 0x20 && code != '\n' && code != '\t') ||
                          (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
  const bool turns = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
                     code == 0x200E || code == 0x200F || code == 0x061C;
  return is_control || turns || code == 0xFFFE || code == 0xFFFF;
}

bool IsMark(char32_t code) {
  return (code >= 0x300 && code <= 0x36F) || code == 0x200B || code == 0x200D ||
         (code >= 0xFE00 && code <= 0xFE0F) || (code >= 0x20D0 && code <= 0x20FF);
}

bool IsWide(char32_t code) {
  return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
         (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
         (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
}

std::size_t WidthOf(char32_t code) { return IsMark(code) ? 0 : IsWide(code) ? 2 : 1; }

void AppendEscaped(std::string_view character, std::string& escaped) {
  switch (character[0]) {
    case '&':
      escaped += "&amp;";
      return;
    case '<':
      escaped += "&lt;";
      return;
    case '>':
      escaped += "&gt;";
      return;
    case '"':
      escaped += "&quot;";
      return;
    case '\'':
      escaped += "&#39;";
      return;
    default:
      escaped += character;
  }
}

bool IsWordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<signed char>(c) < 0;
}

bool IsInWord(std::string_view text, std::size_t at) {
  return at > 0 && at + 1 < text.size() && IsWordByte(text[at - 1]) && IsWordByte(text[at + 1]);
}

std::string Printed(const char* format, int digits, double value) {
  char text[400];
  std::snprintf(text, sizeof text, format, digits, value);
  return text;
}

}  // namespace

std::string Escape(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t code = NextCharacter(text, at);
    if (IsUnfit(code) || code == kReplacement) {
      escaped += "\uFFFD";
    } else {
      AppendEscaped(text.substr(begin, at - begin), escaped);
    }
  }
  return escaped;
}

std::string EscapeMarkdown(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*[]|~$@#";
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t code = NextCharacter(text, at);
    if (code == '\n' || code == '\t') {
      escaped += ' ';
    } else if (IsUnfit(code) || code == kReplacement) {
      escaped += "\uFFFD";
    } else if (code < 0x80 && kSpecial.find(static_cast<char>(code)) != std::string_view::npos) {
      // As a number: in many tables a backslash does not take away a pipe's meaning.
      escaped += "&#" + std::to_string(static_cast<std::uint32_t>(code)) + ";";
    } else if ((code == '_' && !IsInWord(text, begin)) ||
               (code == ':' && text.substr(at).starts_with("//"))) {
      // Emphasis begins or ends beside a word only; addresses are not to become links.
      escaped += code == '_' ? "&#95;" : "&#58;";
    } else if (code == '.' && begin >= 3 && text.substr(begin - 3, 3) == "www") {
      escaped += "&#46;";
    } else {
      AppendEscaped(text.substr(begin, at - begin), escaped);
    }
  }
  return escaped;
}

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) width += WidthOf(NextCharacter(text, at));
  return width;
}

std::string Padded(std::string text, std::size_t width) {
  const std::size_t shown = DisplayWidth(text);
  return std::move(text) + std::string(shown < width ? width - shown : 1, ' ');
}

std::string Shorten(std::string_view text, std::size_t most) {
  std::size_t width = 0, kept = 0;
  for (std::size_t at = 0; at < text.size();) {
    width += WidthOf(NextCharacter(text, at));
    if (width > most) return std::string(text.substr(0, kept)) + "…";
    // One column is kept for the dots.
    if (width < most) kept = at;
  }
  return std::string(text);
}

std::string ShortNumber(double value) {
  if (!std::isfinite(value)) return "–";
  constexpr double kFewDigits = 1e4;
  double size = std::abs(value);
  if (size >= 1000 && size < kFewDigits) return Printed("%.*f", 0, value);
  if (size < kFewDigits || size >= 1e15) return Printed("%.*g", 3, value == 0 ? 0.0 : value);
  for (const char* const suffix : {"k", "M", "G", "T"}) {
    size /= 1000;
    // 999,700 is 1M, not 1e+03k.
    if (size < 999.5) return Printed("%.*g", 3, std::copysign(size, value)) + suffix;
  }
  return Printed("%.*g", 3, value);
}

std::string Decimals(double value, int digits) {
  return std::isfinite(value) ? Printed("%.*f", digits, value) : "–";
}

std::string Percent(double share, int digits) { return Decimals(share * 100, digits) + " %"; }

std::string Range(double low, double high, int digits) {
  return Decimals(low, digits) + " to " + Decimals(high, digits);
}

}  // namespace reeve::report
