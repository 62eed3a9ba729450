#include "reeve/mlflow/graphql/lexer.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace reeve::mlflow::graphql {
namespace {

constexpr std::size_t kMostTokens = 20'000;
constexpr std::string_view kPunctuators = "!$&()[]{}:=@|";

Status SyntaxError(const std::string& what) {
  return Status::InvalidArgument("Syntax Error: " + what);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool StartsName(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNamePart(char c) { return StartsName(c) || IsDigit(c); }

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      byte(0xE0 | code >> 12);
    } else {
      byte(0xF0 | code >> 18);
      byte(0x80 | (code >> 12 & 0x3F));
    }
    byte(0x80 | (code >> 6 & 0x3F));
  }
  byte(0x80 | (code & 0x3F));
}

// Lines of a text in triple quotes: what they share of indentation goes, and empty lines around.
std::string WithoutIndentation(std::string_view raw) {
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::string_view> lines;
  for (;;) {
    const std::size_t end = raw.find_first_of("\r\n");
    lines.push_back(raw.substr(0, end));
    if (end == std::string_view::npos) break;
    raw.remove_prefix(end + (raw.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  const auto indentation = [](std::string_view line) {
    return std::min(line.find_first_not_of(" \t"), line.size());
  };
  std::size_t common = kNone;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t here = indentation(lines[i]);
    if (here < lines[i].size()) common = std::min(common, here);
  }
  for (std::size_t i = 1; i < lines.size() && common != kNone; ++i) {
    lines[i].remove_prefix(std::min(common, lines[i].size()));
  }
  const auto is_empty = [&](std::string_view line) { return indentation(line) == line.size(); };
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_empty);
  const auto last = std::find_if_not(lines.rbegin(), lines.rend(), is_empty).base();
  std::string text;
  for (auto line = first; line < last; ++line) {
    if (line != first) text += '\n';
    text += *line;
  }
  return text;
}

class Lexer {
 public:
  explicit Lexer(std::string_view rest) : rest_(rest) {}

  Result<Token> Next() {
    SkipIgnored();
    if (rest_.empty()) return Token{};
    const char c = rest_.front();
    if (rest_.starts_with("...")) return Take(Token::Kind::kPunctuator, 3);
    if (kPunctuators.find(c) != std::string_view::npos) return Take(Token::Kind::kPunctuator, 1);
    if (StartsName(c)) {
      const auto end = std::find_if_not(rest_.begin(), rest_.end(), IsNamePart);
      return Take(Token::Kind::kName, static_cast<std::size_t>(end - rest_.begin()));
    }
    if (IsDigit(c) || c == '-') return Number();
    if (rest_.starts_with("\"\"\"")) return Block();
    if (c == '"') return Text();
    return SyntaxError(std::string("Unexpected character: ") + Shown() + ".");
  }

 private:
  void SkipIgnored() {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    while (!rest_.empty()) {
      if (rest_.front() == '#') {
        rest_.remove_prefix(std::min(rest_.find_first_of("\r\n"), rest_.size()));
      } else if (std::string_view(" \t\r\n,").find(rest_.front()) != std::string_view::npos) {
        rest_.remove_prefix(1);
      } else if (rest_.starts_with(kMark)) {
        rest_.remove_prefix(kMark.size());
      } else {
        return;
      }
    }
  }

  Token Take(Token::Kind kind, std::size_t size) {
    Token token{.kind = kind, .text = std::string(rest_.substr(0, size))};
    rest_.remove_prefix(size);
    return token;
  }

  // The next character, for messages.
  std::string Shown(std::size_t at = 0) const {
    if (at >= rest_.size()) return "<EOF>";
    std::size_t size = 1;
    while (at + size < rest_.size() && (rest_[at + size] & 0xC0) == 0x80) ++size;
    return "'" + std::string(rest_.substr(at, size)) + "'";
  }

  Status SkipDigits(std::size_t& at) const {
    if (at >= rest_.size() || !IsDigit(rest_[at]))
      return SyntaxError("Invalid number, expected digit but got: " + Shown(at) + ".");
    while (at < rest_.size() && IsDigit(rest_[at])) ++at;
    return Status::Ok();
  }

  Result<Token> Number() {
    std::size_t at = rest_.front() == '-' ? 1 : 0;
    const bool is_zero = at < rest_.size() && rest_[at] == '0';
    if (is_zero && at + 1 < rest_.size() && IsDigit(rest_[at + 1]))
      return SyntaxError("Invalid number, unexpected digit after 0: " + Shown(at + 1) + ".");
    REEVE_RETURN_IF_ERROR(SkipDigits(at));
    Token::Kind kind = Token::Kind::kInteger;
    if (at < rest_.size() && rest_[at] == '.') {
      kind = Token::Kind::kReal;
      REEVE_RETURN_IF_ERROR(SkipDigits(++at));
    }
    if (at < rest_.size() && (rest_[at] == 'e' || rest_[at] == 'E')) {
      kind = Token::Kind::kReal;
      ++at;
      if (at < rest_.size() && (rest_[at] == '+' || rest_[at] == '-')) ++at;
      REEVE_RETURN_IF_ERROR(SkipDigits(at));
    }
    if (at < rest_.size() && (rest_[at] == '.' || StartsName(rest_[at])))
      return SyntaxError("Invalid number, expected digit but got: " + Shown(at) + ".");
    return Take(kind, at);
  }

  Result<Token> Block() {
    rest_.remove_prefix(3);
    std::string raw;
    while (!rest_.starts_with("\"\"\"")) {
      if (rest_.empty()) return SyntaxError("Unterminated string.");
      if (rest_.starts_with("\\\"\"\"")) {
        raw += "\"\"\"";
        rest_.remove_prefix(4);
      } else {
        raw += rest_.front();
        rest_.remove_prefix(1);
      }
    }
    rest_.remove_prefix(3);
    return Token{.kind = Token::Kind::kText, .text = WithoutIndentation(raw)};
  }

  Result<Token> Text() {
    rest_.remove_prefix(1);
    Token token{.kind = Token::Kind::kText};
    for (;;) {
      if (rest_.empty() || rest_.front() == '\n' || rest_.front() == '\r')
        return SyntaxError("Unterminated string.");
      const char c = rest_.front();
      if (c == '\\') {
        REEVE_RETURN_IF_ERROR(Escape(token.text));
        continue;
      }
      rest_.remove_prefix(1);
      if (c == '"') return token;
      token.text += c;
    }
  }

  Status Escape(std::string& text) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const std::size_t name = rest_.size() > 1 ? kNames.find(rest_[1]) : std::string_view::npos;
    if (name != std::string_view::npos) {
      text += kMeanings[name];
      rest_.remove_prefix(2);
      return Status::Ok();
    }
    if (rest_.size() < 2 || rest_[1] != 'u') {
      return SyntaxError("Invalid character escape sequence: '" + std::string(rest_.substr(0, 2)) +
                         "'.");
    }
    REEVE_ASSIGN_OR_RETURN(std::uint32_t code, CodePoint());
    if (code >= 0xD800 && code < 0xDC00 && rest_.starts_with("\\u")) {
      REEVE_ASSIGN_OR_RETURN(const std::uint32_t low, CodePoint());
      if (low >= 0xDC00 && low < 0xE000) code = 0x10000 + ((code - 0xD800) << 10 | (low - 0xDC00));
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
      return SyntaxError("Invalid Unicode escape sequence.");
    AppendUtf8(code, text);
    return Status::Ok();
  }

  // Of \u1234 or \u{1F600}.
  Result<std::uint32_t> CodePoint() {
    const bool is_braced = rest_.substr(2).starts_with('{');
    const std::size_t from = is_braced ? 3 : 2;
    const std::size_t end = is_braced ? rest_.find('}') : from + 4;
    if (end == std::string_view::npos || end > rest_.size() || end == from || end - from > 8)
      return SyntaxError("Invalid Unicode escape sequence.");
    std::uint32_t code = 0;
    for (const char c : rest_.substr(from, end - from)) {
      const std::size_t digit =
          std::string_view("0123456789abcdef").find(IsDigit(c) ? c : c | 0x20);
      if (digit == std::string_view::npos) return SyntaxError("Invalid Unicode escape sequence.");
      code = code << 4 | static_cast<std::uint32_t>(digit);
    }
    rest_.remove_prefix(end + (is_braced ? 1 : 0));
    return code;
  }

  std::string_view rest_;
};

}  // namespace

std::string Describe(const Token& token) {
  switch (token.kind) {
    case Token::Kind::kEnd:
      return "<EOF>";
    case Token::Kind::kPunctuator:
      return "'" + token.text + "'";
    case Token::Kind::kName:
      return "Name '" + token.text + "'";
    case Token::Kind::kInteger:
      return "Int '" + token.text + "'";
    case Token::Kind::kReal:
      return "Float '" + token.text + "'";
    case Token::Kind::kText:
      return "String '" + token.text + "'";
  }
  return {};
}

Result<std::vector<Token>> ReadTokens(std::string_view document) {
  Lexer lexer(document);
  std::vector<Token> tokens;
  do {
    if (tokens.size() > kMostTokens) {
      return SyntaxError("Document contains more than " + std::to_string(kMostTokens) +
                         " tokens. Parsing aborted.");
    }
    REEVE_ASSIGN_OR_RETURN(Token token, lexer.Next());
    tokens.push_back(std::move(token));
  } while (tokens.back().kind != Token::Kind::kEnd);
  return tokens;
}

}  // namespace reeve::mlflow::graphql
