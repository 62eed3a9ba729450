#include "reeve/server/scoring/json_cursor.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace reeve::server {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

constexpr int kExactPower = 22;
constexpr std::uint64_t kExactDigits = 1ULL << 53;
constexpr int kMostFastDigits = 18;

void AppendUtf8(unsigned code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The character behind a backslash, or 0 for what is no short escape.
char ShortEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

}  // namespace

bool JsonCursor::Fail(std::string_view message) {
  if (!failed()) problem_ = {std::string(message), static_cast<std::size_t>(at_ - begin_)};
  end_ = at_;  // whoever goes on finds nothing
  return false;
}

bool JsonCursor::FailExpecting(std::string_view expected) {
  return Fail("expected " + std::string(expected));
}

bool JsonCursor::TakeEnd() {
  SkipBlanks();
  return !failed() && (at_ == end_ || Fail("something follows the end of the JSON text"));
}

bool JsonCursor::ReadOddText(const char* from, std::string_view& text, std::string& scratch) {
  if (at_ == end_) return Fail("a text without its closing quote");
  if (*at_ != '\\') return Fail("a control character within a text");
  if (!Unescape(from, scratch)) return false;
  text = scratch;
  return true;
}

// REQUIRES: at_ stands on the first backslash of the text that begins at `from`.
bool JsonCursor::Unescape(const char* from, std::string& scratch) {
  scratch.assign(from, at_);
  while (at_ < end_) {
    const char c = *at_;
    if (c == '"') {
      ++at_;
      return true;
    }
    if (static_cast<unsigned char>(c) < 0x20) return Fail("a control character within a text");
    if (c != '\\') {
      scratch += c;
      ++at_;
      continue;
    }
    if (end_ - at_ < 2) break;
    if (const char plain = ShortEscape(at_[1])) {
      scratch += plain;
      at_ += 2;
      continue;
    }
    const char* ahead = at_;
    unsigned unit = 0, low = 0;
    if (!ReadCodeUnit(ahead, unit)) return Fail("an escape that JSON does not have");
    if (unit >= 0xDC00 && unit < 0xE000) return Fail("half of a surrogate pair");
    if (unit >= 0xD800 && unit < 0xDC00) {
      if (!ReadCodeUnit(ahead, low) || low < 0xDC00 || low >= 0xE000)
        return Fail("half of a surrogate pair");
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendUtf8(unit, scratch);
    at_ = ahead;
  }
  return Fail("a text without its closing quote");
}

// Reads "\uXXXX" at `at` and moves behind it.
bool JsonCursor::ReadCodeUnit(const char*& at, unsigned& unit) const {
  if (end_ - at < 6 || at[0] != '\\' || at[1] != 'u') return false;
  const auto [stop, error] = std::from_chars(at + 2, at + 6, unit, 16);
  if (error != std::errc() || stop != at + 6) return false;
  at += 6;
  return true;
}

bool JsonCursor::ReadOddNumber(double& number, bool& overflows) {
  overflows = false;
  const char* const from = at_;
  const char* at = at_;
  const bool negative = *at == '-';
  if (negative) ++at;
  if (at == end_ || !IsDigit(*at)) return Fail("a number without digits");
  if (*at == '0' && at + 1 < end_ && IsDigit(at[1])) return Fail("a number with a leading zero");
  std::uint64_t digits = 0;
  int count = 0, exponent = 0;
  for (; at < end_ && IsDigit(*at); ++at, ++count)
    digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
  if (at < end_ && *at == '.') {
    const char* const point = at++;
    for (; at < end_ && IsDigit(*at); ++at, ++count)
      digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
    exponent = static_cast<int>(point + 1 - at);
    if (exponent == 0) return Fail("a number that ends with its point");
  }
  bool plain = count <= kMostFastDigits;
  if (at < end_ && (*at == 'e' || *at == 'E')) {
    plain = false;
    ++at;
    if (at < end_ && (*at == '+' || *at == '-')) ++at;
    if (at == end_ || !IsDigit(*at)) return Fail("a number without digits in its exponent");
    while (at < end_ && IsDigit(*at)) ++at;
  }
  at_ = at;
  // Exact by one rounding (Clinger 1990): both operands are doubles without an error.
  if (plain && digits < kExactDigits && exponent >= -kExactPower) {
    const double value = static_cast<double>(digits) / kExactPowers[-exponent];
    number = negative ? -value : value;
    return true;
  }
  const auto [stop, error] = std::from_chars(from, at, number);
  if (error == std::errc::result_out_of_range) {
    // Too small reads as 0, too large as no number that could be meant.
    overflows = std::isinf(std::strtod(std::string(from, at).c_str(), nullptr));
    number = 0;
  }
  return stop == at || Fail("a number that cannot be read");
}

bool JsonCursor::ReadWord(std::string_view word) {
  return TakeBytes(word) || Fail("expected a JSON value");
}

bool JsonCursor::SkipScalar() {
  std::string_view text;
  double number = 0;
  bool overflows = false;
  switch (Peek()) {
    case '"':
      return ReadText(text, skipped_text_);
    case 't':
      return ReadWord("true");
    case 'f':
      return ReadWord("false");
    case 'n':
      return ReadWord("null");
    case '-':
      return ReadNumber(number, overflows);
    default:
      if (at_ < end_ && IsDigit(*at_)) return ReadNumber(number, overflows);
      return Fail(at_ == end_ ? "the text ends where a value should be" : "expected a JSON value");
  }
}

bool JsonCursor::SkipContainer(int max_depth) {
  if (max_depth <= 0) return Fail("arrays and objects nested too deeply");
  const bool is_object = *at_++ == '{';
  const char closing = is_object ? '}' : ']';
  if (TakeIf(closing)) return true;
  std::string_view ignored;
  do {
    if (is_object) {
      if (Peek() != '"') return Fail("expected the name of a member");
      if (!ReadText(ignored, skipped_text_) || !Take(':', "':' behind the name of a member"))
        return false;
    }
    const char next = Peek();
    if (!(next == '{' || next == '[' ? SkipContainer(max_depth - 1) : SkipScalar())) return false;
  } while (TakeIf(','));
  return Take(closing, is_object ? "',' or '}'" : "',' or ']'");
}

bool JsonCursor::SkipValue(int max_depth, std::string_view& json) {
  const char first = Peek();
  const char* const from = at_;
  if (!(first == '{' || first == '[' ? SkipContainer(max_depth) : SkipScalar())) return false;
  json = {from, static_cast<std::size_t>(at_ - from)};
  return true;
}

}  // namespace reeve::server
