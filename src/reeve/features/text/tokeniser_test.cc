#include "reeve/features/text/tokeniser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::features {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Terms(std::string_view text, const TermOptions& options) {
  Tokeniser tokeniser(options);
  std::vector<std::string> terms;
  // Twice, so that what is left of another text would show.
  tokeniser.ForEachTerm("Something else, before", [](std::string_view) {});
  tokeniser.ForEachTerm(text, [&](std::string_view term) { terms.emplace_back(term); });
  return terms;
}

constexpr auto kWords = TermOptions::Kind::kWords;
constexpr auto kCharacters = TermOptions::Kind::kCharacters;

TEST(TokeniserTest, WordsAndPairsOfThemInLowerCase) {
  EXPECT_THAT(
      Terms("Blue OAK-table, 2 m", {.kind = kWords}),
      ElementsAre("blue", "blue oak", "oak", "oak table", "table", "table 2", "2", "2 m", "m"));
  EXPECT_THAT(Terms("ÉTÉ à Łódź", {.kind = kWords, .longest = 1}), ElementsAre("été", "à", "łódź"));
}

TEST(TokeniserTest, ShortWordsArePassedOver) {
  EXPECT_THAT(Terms("a USB-C cable é 2 m", {.kind = kWords, .min_word_characters = 2}),
              ElementsAre("usb", "usb cable", "cable"));
}

TEST(TokeniserTest, OnlyRunsOfTheAskedLengths) {
  EXPECT_THAT(Terms("a b c d", {.kind = kWords, .shortest = 2, .longest = 3}),
              ElementsAre("a b", "a b c", "b c", "b c d", "c d"));
}

TEST(TokeniserTest, CharactersInsideOfWords) {
  EXPECT_THAT(Terms("Éa  b.c", {.kind = kCharacters, .shortest = 3, .longest = 4}),
              ElementsAre(" éa", "éa ", " éa ", " b.", "b.c", ".c ", " b.c", "b.c "));
}

TEST(TokeniserTest, AShortPieceIsTakenOnce) {
  EXPECT_THAT(Terms("a", {.kind = kCharacters, .shortest = 3, .longest = 5}), ElementsAre(" a "));
  EXPECT_THAT(Terms("a", {.kind = kCharacters, .shortest = 2, .longest = 5}),
              ElementsAre(" a", "a ", " a "));
}

TEST(TokeniserTest, NothingInNothing) {
  for (const char* text : {"", "   ", "\t\n"}) {
    EXPECT_THAT(Terms(text, {.kind = kWords}), IsEmpty());
    EXPECT_THAT(Terms(text, {.kind = kCharacters, .shortest = 2, .longest = 4}), IsEmpty());
  }
  EXPECT_THAT(Terms("--- !", {.kind = kWords}), IsEmpty());
}

TEST(TokeniserTest, BytesThatAreNoUtf8PartWords) {
  EXPECT_THAT(Terms("ab\xFF"
                    "cd",
                    {.kind = kWords, .longest = 1}),
              ElementsAre("ab", "cd"));
}

TEST(TokeniserTest, CountsWords) {
  EXPECT_EQ(Tokeniser::CountWords("Blue OAK-table, 2 m"), 5);
  EXPECT_EQ(Tokeniser::CountWords(" ... "), 0);
  EXPECT_EQ(Tokeniser::CountWords("été"), 1);
}

}  // namespace
}  // namespace reeve::features
