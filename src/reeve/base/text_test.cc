#include "reeve/base/text.h"

#include <limits>

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(TrimTest, TakesEveryBlankFromBothEndsOnly) {
  EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(Trim("\v\fx"), "x");
  EXPECT_EQ(Trim("\xC2\xA0 x y \xC2\xA0"), "x y");
  EXPECT_EQ(Trim("  "), "");
  EXPECT_EQ(Trim(""), "");
  EXPECT_EQ(Trim("\xC2\xA0"), "");
  // Bytes of other characters that look like halves of a no-break space stay.
  EXPECT_EQ(Trim("à"), "à");
  EXPECT_EQ(Trim("\xA0x"), "\xA0x");
}

TEST(ToLowerTest, TouchesAsciiOnly) { EXPECT_EQ(ToLower("AbZ É 1"), "abz É 1"); }

TEST(SplitTest, KeepsEmptyPartsAndJoinUndoesIt) {
  EXPECT_EQ(Split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(Split("", ','), (std::vector<std::string>{""}));
  for (const char* const text : {"", ",", "a", "a,b,", ",,x"}) {
    EXPECT_EQ(Join(Split(text, ','), ","), text);
  }
  EXPECT_EQ(Join({}, ", "), "");
}

TEST(IsUtf8Test, TellsWellFormedSequences) {
  for (const char* const text :
       {"", "abc", "é", "отказ", "高さ", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
        "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  struct Broken {
    const char* text;
    const char* why;
  };
  for (const auto& [text, why] : {
           Broken{"\xFC", "Latin-1 u with diaeresis"},
           Broken{"\x80", "continuation without a lead"},
           Broken{"a\x80", "continuation behind ASCII"},
           Broken{"\xC0\x80", "overlong NUL"},
           Broken{"\xC1\xBF", "overlong DEL"},
           Broken{"\xC3", "cut short, two bytes"},
           Broken{"\xE0\x9F\xBF", "overlong, three bytes"},
           Broken{"\xE2\x82", "cut short, three bytes"},
           Broken{"\xE2\x28\xA1", "second byte no continuation"},
           Broken{"\xED\xA0\x80", "surrogate"},
           Broken{"\xF0\x8F\xBF\xBF", "overlong, four bytes"},
           Broken{"\xF0\x9F\x99", "cut short, four bytes"},
           Broken{"\xF4\x90\x80\x80", "beyond U+10FFFF"},
           Broken{"\xF5\x80\x80\x80", "a lead that leads nothing"},
           Broken{"\xFF\xFE", "UTF-16 byte-order mark"},
       }) {
    EXPECT_FALSE(IsUtf8(text)) << why;
  }
}

TEST(QuoteTest, MakesOneLineOfAnyBytes) {
  EXPECT_EQ(Quote("plain"), "\"plain\"");
  EXPECT_EQ(Quote("a\nb\tc\r\x01\x7F"), "\"a\\nb\\tc\\x0d\\x01\\x7f\"");
  EXPECT_EQ(Quote("\xFF"), "\"\\xff\"");
  EXPECT_EQ(Quote("高さ"), "\"高さ\"");
  // Next line, line and paragraph separator break lines for other readers; CSI steers terminals.
  EXPECT_EQ(Quote("\xC2\x85"), "\"\\xc2\\x85\"");
  EXPECT_EQ(Quote("\xC2\x9B"), "\"\\xc2\\x9b\"");
  EXPECT_EQ(Quote("\xE2\x80\xA8\xE2\x80\xA9"), "\"\\xe2\\x80\\xa8\\xe2\\x80\\xa9\"");
  EXPECT_EQ(Quote("\xC2\xA0"), "\"\xC2\xA0\"");
}

TEST(QuoteTest, CutsLongTextsBetweenCharacters) {
  for (std::size_t most = 1; most < 60; ++most) {
    const std::string quoted = Quote(std::string(50, 'x') + "高さ高さ", most);
    EXPECT_TRUE(IsUtf8(quoted)) << quoted;
    EXPECT_LE(quoted.size(), most + 4) << quoted;
  }
  EXPECT_EQ(Quote("abcdef", 4), "\"abc…\"");
}

TEST(GroupDigitsTest, PutsACommaBeforeEveryThirdDigit) {
  EXPECT_EQ(GroupDigits(0), "0");
  EXPECT_EQ(GroupDigits(999), "999");
  EXPECT_EQ(GroupDigits(1000), "1,000");
  EXPECT_EQ(GroupDigits(-1234567), "-1,234,567");
  EXPECT_EQ(GroupDigits(-123), "-123");
  EXPECT_EQ(GroupDigits(std::numeric_limits<long long>::min()), "-9,223,372,036,854,775,808");
}

}  // namespace
}  // namespace reeve
