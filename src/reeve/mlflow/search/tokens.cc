#include "reeve/mlflow/search/tokens.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "reeve/base/text.h"

namespace reeve::mlflow {
namespace {

// Words that SQL reserves and that someone may write as a name or a value. Behind a point, and in
// quotes, each is a name like any other.
constexpr auto kKeywords = std::to_array<std::string_view>({
    "alias",    "all",       "and",        "any",     "as",        "avg",     "begin",    "between",
    "by",       "case",      "class",      "comment", "count",     "create",  "data",     "date",
    "day",      "delete",    "distinct",   "double",  "else",      "end",     "exists",   "false",
    "first",    "float",     "for",        "from",    "group",     "having",  "host",     "hour",
    "if",       "in",        "index",      "int",     "integer",   "is",      "join",     "key",
    "language", "last",      "level",      "limit",   "location",  "max",     "min",      "minute",
    "mode",     "month",     "new",        "no",      "none",      "not",     "null",     "number",
    "off",      "offset",    "old",        "on",      "option",    "options", "or",       "order",
    "owner",    "parameter", "parameters", "path",    "precision", "private", "public",   "read",
    "reset",    "result",    "return",     "returns", "role",      "row",     "rows",     "schema",
    "scope",    "second",    "select",     "session", "set",       "size",    "source",   "space",
    "start",    "string",    "sum",        "system",  "table",     "temp",    "text",     "then",
    "time",     "timestamp", "to",         "trigger", "true",      "type",    "union",    "unique",
    "unknown",  "update",    "use",        "user",    "using",     "values",  "variable", "varying",
    "version",  "view",      "when",       "where",   "while",     "with",    "without",  "work",
    "write",    "year",      "zone",
});

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// Bytes of UTF-8 count as letters: names may hold any script.
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsWordChar(char c) { return IsLetter(c) || IsDigit(c); }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> Run() {
    while (true) {
      while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
      if (at_ == text_.size()) return std::move(tokens_);
      Next();
    }
  }

 private:
  char At(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  void Take(TokenKind kind, std::size_t end) {
    tokens_.push_back({kind, text_.substr(at_, end - at_)});
    at_ = end;
  }

  void Next() {
    const char c = text_[at_];
    if (const std::size_t end = CommentEnd(); end > 0) return Take(TokenKind::kOther, end);
    if (c == '`') return Quoted('`', TokenKind::kBackQuoted);
    if (c == '\'') return Quoted('\'', TokenKind::kSingleQuoted);
    if (c == '"') return Quoted('"', TokenKind::kDoubleQuoted);
    if (Number()) return;
    if (IsWordChar(c)) return Word();
    if (std::string_view("<>=~!").find(c) != std::string_view::npos) {
      return Take(TokenKind::kComparison, RunEnd("<>=~!"));
    }
    switch (c) {
      case '.':
        return Take(TokenKind::kPeriod, at_ + 1);
      case ',':
        return Take(TokenKind::kComma, at_ + 1);
      case '(':
        return Take(TokenKind::kOpen, at_ + 1);
      case ')':
        return Take(TokenKind::kClose, at_ + 1);
      case ';':
        return Take(TokenKind::kSemicolon, at_ + 1);
      case '*':
        return Take(TokenKind::kOperator, at_ + 1);
      default:
        break;
    }
    if (std::string_view("+/@#%^&|-").find(c) != std::string_view::npos) {
      return Take(TokenKind::kOperator, RunEnd("+/@#%^&|-"));
    }
    Take(TokenKind::kOther, at_ + 1);
  }

  std::size_t RunEnd(std::string_view chars) const {
    return std::min(text_.find_first_not_of(chars, at_), text_.size());
  }

  /// Behind the comment that begins here, or 0.
  std::size_t CommentEnd() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("-- ") || rest.starts_with("# ")) {
      return std::min(text_.find_first_of("\r\n", at_), text_.size());
    }
    if (!rest.starts_with("/*") || no_comment_end_) return 0;
    const std::size_t end = text_.find("*/", at_ + 2);
    no_comment_end_ = end == std::string_view::npos;
    return no_comment_end_ ? 0 : end + 2;
  }

  /// A quote twice, or behind a backslash, does not close. If nothing does, the last of those did.
  void Quoted(char quote, TokenKind kind) {
    std::size_t last_pair = 0;
    std::size_t i = at_ + 1;
    for (; i < text_.size(); ++i) {
      const bool twice = text_[i] == quote && At(i + 1) == quote;
      const bool escaped = quote != '`' && text_[i] == '\\' && At(i + 1) == quote;
      if (twice || escaped) {
        last_pair = twice ? i : i + 1;
        ++i;
      } else if (text_[i] == quote) {
        return Take(kind, i + 1);
      }
    }
    if (last_pair > 0) return Take(kind, last_pair + 1);
    Take(TokenKind::kOther, at_ + 1);
  }

  std::size_t DigitsEnd(std::size_t i) const {
    while (IsDigit(At(i))) ++i;
    return i;
  }

  bool Number() {
    std::size_t i = at_ + (text_[at_] == '-' ? 1 : 0);
    const std::size_t whole_end = DigitsEnd(i);
    const bool has_whole = whole_end > i;
    bool real = false;
    i = whole_end;
    if (At(i) == '.' && (has_whole || IsDigit(At(i + 1)))) {
      real = true;
      i = DigitsEnd(i + 1);
    }
    if (!has_whole && !real) return false;
    if (has_whole && (At(i) == 'e' || At(i) == 'E')) {
      const std::size_t digits = i + 1 + (At(i + 1) == '-' || At(i + 1) == '+' ? 1 : 0);
      if (IsDigit(At(digits))) {
        real = true;
        i = DigitsEnd(digits);
      }
    }
    if (IsLetter(At(i))) return false;  // 1abc is a name
    Take(real ? TokenKind::kReal : TokenKind::kInteger, i);
    return true;
  }

  std::size_t BlanksEnd(std::size_t i) const {
    while (IsBlank(At(i))) ++i;
    return i;
  }
  std::size_t WordEnd(std::size_t i) const {
    while (IsWordChar(At(i))) ++i;
    return i;
  }

  void Word() {
    const std::size_t end = WordEnd(at_);
    const std::string word = ToLower(text_.substr(at_, end - at_));
    if (at_ > 0 && text_[at_ - 1] == '.') return Take(TokenKind::kWord, end);
    const std::size_t next = BlanksEnd(end);
    if (At(next) == '.' && !IsDigit(At(next + 1))) return Take(TokenKind::kWord, end);
    if (word == "not") return Not(end, next);
    if (word == "like" || word == "ilike" || word == "rlike") {
      return Take(TokenKind::kComparison, end);
    }
    if (word == "asc" || word == "desc") return Take(TokenKind::kOrder, end);
    const bool keyword = std::ranges::find(kKeywords, word) != kKeywords.end();
    Take(keyword ? TokenKind::kKeyword : TokenKind::kWord, end);
  }

  /// NOT NULL and NOT LIKE are one token each.
  void Not(std::size_t end, std::size_t next) {
    const std::size_t next_end = WordEnd(next);
    const std::string word = ToLower(text_.substr(next, next_end - next));
    if (word == "null") return Take(TokenKind::kKeyword, next_end);
    if (word == "like" || word == "ilike" || word == "rlike") {
      return Take(TokenKind::kComparison, next_end);
    }
    Take(TokenKind::kKeyword, end);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool no_comment_end_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> Tokenize(std::string_view text) { return Lexer(text).Run(); }

}  // namespace reeve::mlflow
