#include "reeve/mlflow/search/tokens.h"

#include <string>

#include <gtest/gtest.h>

namespace reeve::mlflow {
namespace {

std::string Texts(std::string_view text) {
  std::string shown;
  for (const Token& token : Tokenize(text)) shown += "[" + std::string(token.text) + "]";
  return shown;
}
TokenKind First(std::string_view text) { return Tokenize(text).front().kind; }

TEST(TokensTest, SplitsAtBlanksAndSigns) {
  EXPECT_EQ(Texts("metrics.a>=-3 AND b"), "[metrics][.][a][>=][-3][AND][b]");
  EXPECT_EQ(Texts(" \t\n"), "");
  EXPECT_EQ(Texts("a NOT  LIKE 'x'"), "[a][NOT  LIKE]['x']");
  EXPECT_EQ(Texts("a IS NOT NULL"), "[a][IS][NOT NULL]");
  EXPECT_EQ(Texts("a -- b c\nd"), "[a][-- b c][d]");
  EXPECT_EQ(Texts("a/*b*/c"), "[a][/*b*/][c]");
  EXPECT_EQ(Texts("a /* b"), "[a][/][*][b]");
}

TEST(TokensTest, QuotesTwiceOrBehindABackslashDoNotClose) {
  EXPECT_EQ(Texts("'a''b' c"), "['a''b'][c]");
  EXPECT_EQ(Texts(R"('a\'b' c)"), R"(['a\'b'][c])");
  EXPECT_EQ(Texts(R"("a\"b" c)"), R"(["a\"b"][c])");
  EXPECT_EQ(Texts("`a``b` c"), "[`a``b`][c]");
  // If nothing closes, the last of them did.
  EXPECT_EQ(Texts(R"('a\' b)"), R"(['a\'][b])");
  EXPECT_EQ(Texts("'a b"), "['][a][b]");
}

TEST(TokensTest, NumbersAreNumbersUnlessLettersFollow) {
  EXPECT_EQ(First("12"), TokenKind::kInteger);
  for (const char* const text : {"1.5", ".5", "5.", "1e3", "1E-3", "1e+3", "-1.5"}) {
    EXPECT_EQ(First(text), TokenKind::kReal) << text;
  }
  EXPECT_EQ(First("1abc"), TokenKind::kWord);
  EXPECT_EQ(First("0x1F"), TokenKind::kWord);
}

TEST(TokensTest, WordsOfTheLanguageAreNamesBehindAPoint) {
  EXPECT_EQ(First("type"), TokenKind::kKeyword);
  EXPECT_EQ(First("DESC"), TokenKind::kOrder);
  EXPECT_EQ(First("ilike"), TokenKind::kComparison);
  EXPECT_EQ(Tokenize("tags.type").back().kind, TokenKind::kWord);
  EXPECT_EQ(First("type.x"), TokenKind::kWord);
  EXPECT_EQ(First("status"), TokenKind::kWord);
  EXPECT_EQ(First("\xC3\xA9t\xC3\xA9"), TokenKind::kWord);
}

}  // namespace
}  // namespace reeve::mlflow
