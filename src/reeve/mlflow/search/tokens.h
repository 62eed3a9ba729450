#pragma once

#include <string_view>
#include <vector>

namespace reeve::mlflow {

/// What a token of a search text is. The grammar is SQL's, as far as filters and order keys need
/// it.
enum class TokenKind {
  /// A bare name: `metrics`, `run_id`, and any word behind a point.
  kWord,
  /// A word that SQL keeps for itself (AND, IN, NULL, TYPE …), so it cannot name an attribute.
  kKeyword,
  /// ASC or DESC.
  kOrder,
  /// `name`
  kBackQuoted,
  /// "name" or "value"
  kDoubleQuoted,
  /// 'value'
  kSingleQuoted,
  kInteger,
  kReal,
  /// <, ==, LIKE, NOT ILIKE …, known operators or not.
  kComparison,
  /// Arithmetic: +, /, % …
  kOperator,
  kPeriod,
  kComma,
  kOpen,
  kClose,
  kSemicolon,
  /// What no filter may hold: comments, stray quotes, other characters.
  kOther,
};

/// A piece of the text it was read from, quotes included; lives as long as that text.
struct Token {
  TokenKind kind;
  std::string_view text;
};

/// Splits `text`; blanks between tokens are dropped. Never fails: what cannot be read is kOther.
///
/// Quoting: a quote of the same kind is written twice or behind a backslash (not between back
/// ticks), and stays so in `text`. A quote that is never closed is a token of its own.
/// Linear in the length of `text`. Thread-safe.
std::vector<Token> Tokenize(std::string_view text);

}  // namespace reeve::mlflow
