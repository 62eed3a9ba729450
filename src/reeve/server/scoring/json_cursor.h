#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "reeve/server/scoring/json_scan.h"

namespace reeve::server {

/// Why a body is not the JSON that was expected. `message` is empty while all is well.
struct JsonProblem {
  std::string message;
  /// Byte of the body where it was found.
  std::size_t at = 0;
};

/// A strict reader of JSON (RFC 8259) from front to back, for bodies whose shape is known: nothing
/// is built, texts are views into the body unless they hold escapes. Every function leaves the
/// cursor behind what it read, or fails: then `failed()` stays true and nothing moves any more.
///
/// REQUIRES: the body is valid UTF-8 (only its structure is checked here) and outlives the views.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view body)
      : begin_(body.data()), at_(body.data()), end_(body.data() + body.size()) {}

  bool failed() const { return !problem_.message.empty(); }
  const JsonProblem& problem() const { return problem_; }
  /// Notes the first failure; always returns false.
  bool Fail(std::string_view message);

  // What runs for every byte or member is inline.
  void SkipBlanks() {
    while (at_ < end_ && IsBlank(*at_)) ++at_;
  }
  /// The next byte behind blanks, 0 at the end.
  char Peek() {
    SkipBlanks();
    return at_ < end_ ? *at_ : '\0';
  }
  /// Takes `c` if it is the next byte behind blanks.
  bool TakeIf(char c) {
    SkipBlanks();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  /// Takes `c`, or fails with "expected …".
  bool Take(char c, std::string_view expected) { return TakeIf(c) || FailExpecting(expected); }
  /// Fails unless only blanks are left.
  bool TakeEnd();
  // For readers that go through what they know without the cursor and then put it behind that.
  const char* position() const { return at_; }
  const char* end() const { return end_; }
  /// REQUIRES: !failed(), and `at` is not behind end().
  void MoveTo(const char* at) { at_ = at; }
  /// Takes exactly these bytes, if they are next; no blanks are skipped.
  bool TakeBytes(std::string_view bytes) {
    if (!StandsAt(at_, end_, bytes)) return false;
    at_ += bytes.size();
    return true;
  }

  /// REQUIRES: Peek() is a quote. The text without quotes; `scratch` holds it when it has escapes.
  bool ReadText(std::string_view& text, std::string& scratch) {
    const char* const from = ++at_;
    const char* const at = SkipPlainText(from, end_);
    at_ = at;
    if (at == end_ || *at != '"') return ReadOddText(from, text, scratch);
    text = {from, static_cast<std::size_t>(at - from)};
    ++at_;
    return true;
  }
  /// REQUIRES: Peek() is a digit or a minus. Finite, the nearest double; fails for "0750", "1.".
  /// `overflows` is set for numbers beyond a double, which are not a failure of the syntax.
  bool ReadNumber(double& number, bool& overflows) {
    if (const char* const behind = ScanNumber(at_, end_, number)) {
      overflows = false;
      at_ = behind;
      return true;
    }
    const char* at = at_;
    const bool negative = *at == '-';
    at += negative ? 1 : 0;
    std::uint64_t digits = 0;
    const char* const first = at;
    while (at < end_ && *at >= '0' && *at <= '9')
      digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    const auto count = at - first;
    const bool ends = at == end_ || (*at != '.' && *at != 'e' && *at != 'E');
    if (count == 0 || count > kMostPlainDigits || !ends || (*first == '0' && count > 1))
      return ReadOddNumber(number, overflows);
    overflows = false;
    number = negative ? -static_cast<double>(digits) : static_cast<double>(digits);
    at_ = at;
    return true;
  }
  /// "true", "false", "null" as they stand.
  bool ReadWord(std::string_view word);
  /// Any value, checked but not kept; `max_depth` further levels. Gives its text.
  bool SkipValue(int max_depth, std::string_view& json);

 private:
  // 10^15 is below 2^53: such whole numbers are doubles without an error.
  static constexpr int kMostPlainDigits = 15;

  bool FailExpecting(std::string_view expected);

  static bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  // The rest of a text that began at `from` and whose next byte is no plain one.
  bool ReadOddText(const char* from, std::string_view& text, std::string& scratch);
  bool ReadOddNumber(double& number, bool& overflows);
  bool Unescape(const char* from, std::string& scratch);
  bool ReadCodeUnit(const char*& at, unsigned& unit) const;
  bool SkipContainer(int max_depth);
  bool SkipScalar();

  const char* begin_;
  const char* at_;
  const char* end_;
  JsonProblem problem_;
  std::string skipped_text_;
};

}  // namespace reeve::server
