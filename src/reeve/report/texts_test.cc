#include "reeve/report/texts.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/base/text.h"

namespace reeve::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EscapeTest, NothingOfATextIsMarkup) {
  EXPECT_EQ(Escape("<script>alert('x & \"y\"')</script>"),
            "&lt;script&gt;alert(&#39;x &amp; &quot;y&quot;&#39;)&lt;/script&gt;");
  EXPECT_EQ(Escape("größer 日本 😀"), "größer 日本 😀");
}

TEST(EscapeTest, ControlCharactersAndTurnedWritingAreReplaced) {
  EXPECT_EQ(Escape(std::string("a\0b\x1b[31m", 8)), "a\uFFFDb\uFFFD[31m");
  EXPECT_EQ(Escape("ab\u202Ecd"), "ab\uFFFDcd");
  EXPECT_EQ(Escape("a\uFFFEb"), "a\uFFFDb");
  EXPECT_EQ(Escape("line\nbreak"), "line\nbreak");
}

TEST(EscapeTest, BytesThatAreNoUtf8NeverGetThrough) {
  for (int first = 0x80; first < 0x100; ++first) {
    for (int second = 0; second < 0x100; ++second) {
      const std::string bytes = {'a', static_cast<char>(first), static_cast<char>(second), 'z'};
      const std::string escaped = Escape(bytes);
      EXPECT_TRUE(IsUtf8(escaped));
      EXPECT_EQ(escaped.front(), 'a');
      EXPECT_EQ(escaped.back(), 'z');
    }
  }
  EXPECT_EQ(Escape("\xF0\x9F"), "\uFFFD\uFFFD");
}

TEST(EscapeMarkdownTest, CellsStayCells) {
  EXPECT_EQ(EscapeMarkdown("a|b\nc"), "a&#124;b c");
  EXPECT_THAT(EscapeMarkdown("[x](javascript:alert(1))"), Not(HasSubstr("[")));
  EXPECT_THAT(EscapeMarkdown("<img src=x>"), HasSubstr("&lt;img"));
  EXPECT_THAT(EscapeMarkdown("`code` *b* @user #1"), Not(testing::ContainsRegex("[`*@]")));
  EXPECT_THAT(EscapeMarkdown("https://example.org"), Not(HasSubstr("://")));
  EXPECT_THAT(EscapeMarkdown("www.example.org"), Not(HasSubstr("www.")));
}

TEST(EscapeMarkdownTest, NamesOfColumnsStayReadable) {
  EXPECT_EQ(EscapeMarkdown("credit_score_2 (mean) 0.5"), "credit_score_2 (mean) 0.5");
  EXPECT_EQ(EscapeMarkdown("_begin end_"), "&#95;begin end&#95;");
}

TEST(PaddedTest, CountsColumnsAndNoBytes) {
  EXPECT_EQ(Padded("ab", 4), "ab  ");
  EXPECT_EQ(Padded("ä€", 4), "ä€  ");
  EXPECT_EQ(Padded("日本", 5), "日本 ");
  EXPECT_EQ(Padded("abcd", 4), "abcd ");
}

TEST(ShortenTest, CutsBetweenCharactersAndCountsWideOnesTwice) {
  EXPECT_EQ(Shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(Shorten("abcdefg", 6), "abcde…");
  EXPECT_EQ(Shorten("日本語の列", 6), "日本…");
  EXPECT_EQ(Shorten("ää̈ää", 9), "ää̈ää");
  EXPECT_EQ(DisplayWidth("日本a"), 5U);
  EXPECT_EQ(DisplayWidth("a\u0308"), 1U);
}

TEST(NumberTest, WhatIsNoNumberIsADash) {
  EXPECT_EQ(Decimals(0.98765), "0.9877");
  EXPECT_EQ(Decimals(std::numeric_limits<double>::quiet_NaN()), "–");
  EXPECT_EQ(ShortNumber(std::numeric_limits<double>::infinity()), "–");
  EXPECT_EQ(Decimals(-1e300, 1).size(), 304U);
  EXPECT_EQ(ShortNumber(-0.0), "0");
  EXPECT_EQ(ShortNumber(0.25), "0.25");
  EXPECT_EQ(ShortNumber(4711), "4711");
  EXPECT_EQ(ShortNumber(-24706), "-24.7k");
  EXPECT_EQ(ShortNumber(999'700), "1M");
  EXPECT_EQ(ShortNumber(2.5e9), "2.5G");
  EXPECT_EQ(ShortNumber(3e200), "3e+200");
  EXPECT_EQ(ShortNumber(0.000031), "3.1e-05");
  EXPECT_EQ(Percent(0.4217), "42.2 %");
  EXPECT_EQ(Range(0.1, 0.25, 2), "0.10 to 0.25");
}

}  // namespace
}  // namespace reeve::report
