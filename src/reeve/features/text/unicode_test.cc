#include "reeve/features/text/unicode.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/random.h"
#include "reeve/base/text.h"

namespace reeve::features {
namespace {

using testing::ElementsAre;

std::vector<char32_t> Characters(std::string_view text) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < text.size();) characters.push_back(NextCharacter(text, at));
  return characters;
}

TEST(UnicodeTest, ReadsCharactersOfEachLength) {
  EXPECT_THAT(Characters("aé₹😀"), ElementsAre(U'a', U'é', U'₹', U'😀'));
}

TEST(UnicodeTest, EveryCharacterIsReadBack) {
  for (char32_t character = 0; character <= 0x10FFFF; ++character) {
    if (character >= 0xD800 && character < 0xE000) continue;
    std::string text;
    AppendCharacter(character, text);
    std::size_t at = 0;
    ASSERT_EQ(NextCharacter(text, at), character);
    ASSERT_EQ(at, text.size());
    ASSERT_TRUE(IsUtf8(text));
  }
}

TEST(UnicodeTest, WhatIsNoUtf8IsPassedByteByByte) {
  EXPECT_THAT(Characters("a\xC3"), ElementsAre(U'a', kNoCharacter));
  EXPECT_THAT(Characters("\xC0\xAF"), ElementsAre(kNoCharacter, kNoCharacter));  // too long a form
  EXPECT_THAT(Characters("\xED\xA0\x80"), testing::Each(kNoCharacter));          // a surrogate
  EXPECT_THAT(Characters("\xE2\x82z"), ElementsAre(kNoCharacter, kNoCharacter, U'z'));
}

TEST(UnicodeTest, AgreesWithTheCheckOfUtf8OnRandomBytes) {
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    for (int j = 0; j < 4; ++j) bytes.push_back(static_cast<char>(0x7F + random.Below(129)));
    bool is_whole = true;
    for (const char32_t character : Characters(bytes)) is_whole &= character != kNoCharacter;
    EXPECT_TRUE(is_whole == IsUtf8(bytes) || bytes.find("\xEF\xBF\xBD") != std::string::npos);
  }
}

TEST(UnicodeTest, WordsAreLettersDigitsAndTheUnderscore) {
  for (const char32_t character : std::u32string_view(U"aZ09_éßЖא中²½"))
    EXPECT_TRUE(IsWordCharacter(character)) << std::uint32_t(character);
  for (const char32_t character : std::u32string_view(U" -'.₹€“”…😀\u00A0\u0301"))
    EXPECT_FALSE(IsWordCharacter(character)) << std::uint32_t(character);
}

TEST(UnicodeTest, Blanks) {
  for (const char32_t character : std::u32string_view(U" \t\n\r\u00A0\u2003\u3000"))
    EXPECT_TRUE(IsBlank(character)) << std::uint32_t(character);
  EXPECT_FALSE(IsBlank(U'a'));
  EXPECT_FALSE(IsBlank(U'\u200B'));
}

TEST(UnicodeTest, LowerCaseOfSeveralScripts) {
  const std::u32string upper = U"AZÉŸĀŁΩЖԱǅẞⅧＡ𐐀", lower = U"azéÿāłωжաǆßⅷａ𐐨";
  for (std::size_t i = 0; i < upper.size(); ++i) {
    EXPECT_EQ(LowerCase(upper[i]), lower[i]) << i;
    EXPECT_EQ(LowerCase(lower[i]), lower[i]) << i;
  }
  EXPECT_EQ(LowerCase(U'1'), U'1');
}

}  // namespace
}  // namespace reeve::features
