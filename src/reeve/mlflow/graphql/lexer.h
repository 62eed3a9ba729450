#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::mlflow::graphql {

/// A word of a GraphQL document.
struct Token {
  enum class Kind { kEnd, kPunctuator, kName, kInteger, kReal, kText };
  Kind kind = Kind::kEnd;
  /// The punctuator ("{", "..."), the name, the number as written, or what the text means.
  std::string text = {};

  bool Is(std::string_view punctuator) const {
    return kind == Kind::kPunctuator && text == punctuator;
  }
  bool IsName(std::string_view name) const { return kind == Kind::kName && text == name; }
};

/// How a token is called in messages: "Name \"a\"", "'{'", "<EOF>".
std::string Describe(const Token& token);

/// The words of a document, the last of them kEnd; spaces, commas and comments are gone. Linear.
/// Fails with kInvalidArgument, "Syntax Error: …", and for more than 20,000 words.
Result<std::vector<Token>> ReadTokens(std::string_view document);

}  // namespace reeve::mlflow::graphql
