#include "reeve/mlflow/search/text_list.h"

#include <cstddef>
#include <optional>

#include "reeve/base/text.h"
#include "reeve/mlflow/search/clauses.h"
#include "reeve/mlflow/search/filter.h"
#include "reeve/mlflow/search/tokens.h"

namespace reeve::mlflow {
namespace {

Status IllFormed() {
  return Status::InvalidArgument(
      "While parsing a list in the query, expected a non-empty list of string values, but got "
      "ill-formed list.");
}

Status OtherType(std::string_view text) {
  return Status::InvalidArgument(
      "While parsing a list in the query, expected string value, punctuation, or whitespace, but "
      "got different type in list: " +
      Shown(text));
}

class ListReader {
 public:
  explicit ListReader(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> Read() {
    std::vector<std::string> values;
    if (!Take('(')) return IllFormed();
    while (!Take(')')) {
      if (!values.empty() && !Take(',')) return IllFormed();
      if (!values.empty() && Take(')')) break;
      if (IsNumberOrList()) return OtherType(text_);
      std::optional<std::string> value = Text();
      if (!value.has_value()) return IllFormed();
      while (std::optional<std::string> more = Text()) *value += *more;
      values.push_back(*std::move(value));
      if (values.size() <= kMostListed) continue;
      return Status::InvalidArgument("A list in the query holds more than " +
                                     std::to_string(kMostListed) + " values.");
    }
    SkipBlanks();
    if (at_ != text_.size()) return IllFormed();
    if (!values.empty()) return values;
    return Status::InvalidArgument(
        "While parsing a list in the query, expected a non-empty list of string values, but got "
        "empty list");
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r'))) {
      ++at_;
    }
  }
  bool Take(char c) {
    SkipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool IsNumberOrList() {
    SkipBlanks();
    const std::vector<Token> first = Tokenize(text_.substr(at_, 40));
    return !first.empty() &&
           (first[0].kind == TokenKind::kInteger || first[0].kind == TokenKind::kReal ||
            first[0].kind == TokenKind::kOpen);
  }

  std::optional<std::string> Text() {
    SkipBlanks();
    if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
    const char quote = text_[at_];
    std::string value;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == quote) {
        at_ = i + 1;
        return value;
      }
      if (text_[i] != '\\' || i + 1 == text_.size()) {
        value.push_back(text_[i]);
        continue;
      }
      AppendEscaped(text_[++i], value);
    }
    return std::nullopt;
  }

  static void AppendEscaped(char c, std::string& value) {
    switch (c) {
      case 'n':
        value.push_back('\n');
        break;
      case 't':
        value.push_back('\t');
        break;
      case 'r':
        value.push_back('\r');
        break;
      case '\\':
      case '\'':
      case '"':
        value.push_back(c);
        break;
      default:
        value.push_back('\\');
        value.push_back(c);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<std::string>> ReadTextList(std::string_view text) {
  return ListReader(text).Read();
}

}  // namespace reeve::mlflow
