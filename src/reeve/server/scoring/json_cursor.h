#pragma once

#include <cstddef>
#include <string>
#include <string_view>

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

  void SkipBlanks();
  /// The next byte behind blanks, 0 at the end.
  char Peek();
  /// Takes `c` if it is the next byte behind blanks.
  bool TakeIf(char c);
  /// Takes `c`, or fails with "expected …".
  bool Take(char c, std::string_view expected);
  /// Fails unless only blanks are left.
  bool TakeEnd();
  /// Takes exactly these bytes, if they are next; no blanks are skipped.
  bool TakeBytes(std::string_view bytes);

  /// REQUIRES: Peek() is a quote. The text without quotes; `scratch` holds it when it has escapes.
  bool ReadText(std::string_view& text, std::string& scratch);
  /// REQUIRES: Peek() is a digit or a minus. Finite, the nearest double; fails for "0750", "1.".
  /// `overflows` is set for numbers beyond a double, which are not a failure of the syntax.
  bool ReadNumber(double& number, bool& overflows);
  /// "true", "false", "null" as they stand.
  bool ReadWord(std::string_view word);
  /// Any value, checked but not kept; `max_depth` further levels. Gives its text.
  bool SkipValue(int max_depth, std::string_view& json);

 private:
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
