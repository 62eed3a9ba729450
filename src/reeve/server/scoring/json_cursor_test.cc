#include "reeve/server/scoring/json_cursor.h"

#include <charconv>
#include <cmath>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve::server {
namespace {

bool IsWellFormed(std::string_view json, int max_depth = 32) {
  JsonCursor cursor(json);
  std::string_view value;
  return cursor.SkipValue(max_depth, value) && cursor.TakeEnd();
}

TEST(JsonCursorTest, TakesWhatRfc8259Allows) {
  for (const char* json :
       {"{}", " [ ] ", "0", "-0", "1.5e+3", "\"\"", "true", "false", "null", "[1,2,{\"a\":[]}]",
        R"("\u00e9\n\"\\\/")", R"("\ud83d\ude00")", "\t{\"a\" : 1 }\r\n"}) {
    EXPECT_TRUE(IsWellFormed(json)) << json;
  }
}

TEST(JsonCursorTest, RefusesEverythingElse) {
  for (const char* json : {"",
                           "  ",
                           "{",
                           "}",
                           "[",
                           "{}{}",
                           "{} x",
                           "{'a':1}",
                           "{\"a\":1,}",
                           "[1,]",
                           "[1 2]",
                           "nul",
                           "True",
                           "NaN",
                           "-Infinity",
                           "+1",
                           "01",
                           "-01",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "-",
                           "0x1",
                           "\"",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\ud800\\u0041\"",
                           "\"\\udc00\"",
                           "\"\x01\"",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{1:2}",
                           "/* */ {}",
                           "[1}"}) {
    EXPECT_FALSE(IsWellFormed(json)) << json;
  }
}

TEST(JsonCursorTest, DepthIsLimited) {
  EXPECT_TRUE(IsWellFormed("[[[]]]", 3));
  EXPECT_FALSE(IsWellFormed("[[[[]]]]", 3));
  EXPECT_FALSE(IsWellFormed(std::string(1'000'000, '['), 32));
}

TEST(JsonCursorTest, TextsWithoutEscapesAreViewsOthersAreUnescaped) {
  const std::string_view body = R"("plain""a\u0062\t\ud83d\ude00")";
  JsonCursor cursor(body);
  std::string scratch;
  std::string_view text;
  ASSERT_TRUE(cursor.ReadText(text, scratch));
  EXPECT_EQ(text, "plain");
  EXPECT_EQ(text.data(), body.data() + 1);
  ASSERT_TRUE(cursor.ReadText(text, scratch));
  EXPECT_EQ(text, "ab\t😀");
}

double Number(const std::string& text, bool* overflows = nullptr) {
  JsonCursor cursor(text);
  double number = 0;
  bool over = false;
  EXPECT_TRUE(cursor.ReadNumber(number, over)) << text;
  EXPECT_TRUE(cursor.TakeEnd()) << text;
  if (overflows != nullptr) *overflows = over;
  return number;
}

TEST(JsonCursorTest, NumbersAreTheNearestDouble) {
  Random random(7);
  for (int i = 0; i < 200'000; ++i) {
    const double value =
        random.Normal() * std::pow(10.0, static_cast<double>(random.Below(30)) - 15);
    char buffer[64];
    const auto form = i % 2 == 0 ? std::chars_format::general : std::chars_format::fixed;
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, form);
    ASSERT_EQ(Number(std::string(buffer, end.ptr)), value) << std::string(buffer, end.ptr);
  }
  EXPECT_EQ(Number("750.000000000000000000000000000000000000000000001"), 750);
  EXPECT_EQ(Number("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(Number("123456789012345678"), 123456789012345678.0);
  EXPECT_EQ(Number("0.1"), 0.1);
  EXPECT_TRUE(std::signbit(Number("-0")));
}

TEST(JsonCursorTest, NumbersBeyondDoublesAreSaid) {
  bool overflows = false;
  EXPECT_EQ(Number("1e-400", &overflows), 0);
  EXPECT_FALSE(overflows);
  for (const std::string& text :
       {std::string("1e999"), std::string("-1e999"), "1" + std::string(400, '0')}) {
    Number(text, &overflows);
    EXPECT_TRUE(overflows) << text;
  }
}

TEST(JsonCursorTest, SkippingGivesTheValuesText) {
  JsonCursor cursor(" {\"a\": [1, \"]\"]} ");
  std::string_view value;
  ASSERT_TRUE(cursor.SkipValue(8, value));
  EXPECT_EQ(value, "{\"a\": [1, \"]\"]}");
  EXPECT_TRUE(cursor.TakeEnd());
}

TEST(JsonCursorTest, TheFirstFailureStays) {
  JsonCursor cursor("{\"a\":x}");
  std::string_view value;
  EXPECT_FALSE(cursor.SkipValue(8, value));
  EXPECT_EQ(cursor.problem().at, 5U);
  EXPECT_FALSE(cursor.TakeEnd());
  EXPECT_EQ(cursor.problem().message, "expected a JSON value");
}

}  // namespace
}  // namespace reeve::server
