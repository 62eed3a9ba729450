#include "reeve/mlflow/graphql/lexer.h"

#include <gtest/gtest.h>

namespace reeve::mlflow::graphql {
namespace {

/// The words, each in brackets, or what is wrong.
std::string Read(std::string_view document) {
  const auto tokens = ReadTokens(document);
  if (!tokens.ok()) return tokens.status().message();
  std::string shown;
  for (const Token& token : *tokens) shown += "[" + token.text + "]";
  return shown;
}

/// What a text in quotes means.
std::string Text(std::string_view literal) {
  const auto tokens = ReadTokens(literal);
  if (!tokens.ok()) return tokens.status().message();
  EXPECT_EQ(tokens->front().kind, Token::Kind::kText);
  return tokens->front().text;
}

TEST(LexerTest, WordsNumbersAndPunctuators) {
  EXPECT_EQ(Read("{a, b1(c:$d) ...on @x} # rest {\n!"),
            "[{][a][b1][(][c][:][$][d][)][...][on][@][x][}][!][]");
  EXPECT_EQ(Read("0 -12 1.5 1e3 -1.5E-3"), "[0][-12][1.5][1e3][-1.5E-3][]");
  EXPECT_EQ(Read("\xEF\xBB\xBF"), "[]");
}

TEST(LexerTest, NumbersThatAreNone) {
  EXPECT_EQ(Read("01"), "Syntax Error: Invalid number, unexpected digit after 0: '1'.");
  EXPECT_EQ(Read("1."), "Syntax Error: Invalid number, expected digit but got: <EOF>.");
  EXPECT_EQ(Read("1e}"), "Syntax Error: Invalid number, expected digit but got: '}'.");
  EXPECT_EQ(Read("1x"), "Syntax Error: Invalid number, expected digit but got: 'x'.");
  EXPECT_EQ(Read("-"), "Syntax Error: Invalid number, expected digit but got: <EOF>.");
}

TEST(LexerTest, Escapes) {
  EXPECT_EQ(Text(R"("a\n\"\\\/\u00e9\u{1F600}\ud83d\ude00")"), "a\n\"\\/é😀😀");
  EXPECT_EQ(Text(R"("\x")"), "Syntax Error: Invalid character escape sequence: '\\x'.");
  for (const char* text : {R"("\u12")", R"("\u{}")", R"("\ud83d")", R"("\u{110000}")",
                           R"("\u12g4")", R"("\u)", R"("\u{1)"})
    EXPECT_EQ(Text(text), "Syntax Error: Invalid Unicode escape sequence.") << text;
}

TEST(LexerTest, TextsThatDoNotEnd) {
  for (const char* text : {"\"a", "\"a\nb\"", "\"\"\"a\""})
    EXPECT_EQ(Text(text), "Syntax Error: Unterminated string.") << text;
}

TEST(LexerTest, BlocksLoseWhatTheirLinesShare) {
  EXPECT_EQ(Text("\"\"\"\n   block\r\n\r\n     in \\\"\"\"\n  \"\"\""), "block\n\n  in \"\"\"");
  EXPECT_EQ(Text("\"\"\"  one line\"\"\""), "  one line");
  EXPECT_EQ(Text("\"\"\"\n \n\"\"\""), "");
}

TEST(LexerTest, OtherCharacters) {
  EXPECT_EQ(Read("{ ? }"), "Syntax Error: Unexpected character: '?'.");
  EXPECT_EQ(Read("é"), "Syntax Error: Unexpected character: 'é'.");
  EXPECT_EQ(Read(".."), "Syntax Error: Unexpected character: '.'.");
}

TEST(LexerTest, ManyWordsAreRefused) {
  std::string words;
  for (int i = 0; i < 20'000; ++i) words += "a ";
  EXPECT_TRUE(ReadTokens(words).ok());
  EXPECT_EQ(Read(words + "a"),
            "Syntax Error: Document contains more than 20000 tokens. Parsing aborted.");
}

}  // namespace
}  // namespace reeve::mlflow::graphql
