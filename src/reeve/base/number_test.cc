#include "reeve/base/number.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();

struct Spelled {
  std::string text;
  double value = 0;
};

TEST(ParseNumberTest, ReadsNumbers) {
  const std::string zeros(400, '0');
  const std::vector<Spelled> good = {
      {"0", 0},
      {"-1.5", -1.5},
      {"+7", 7},
      {"1e3", 1000},
      {"1E+3", 1000},
      {"25e-1", 2.5},
      {".5", 0.5},
      {"-.5", -0.5},
      {"5.", 5},
      {"00123", 123},
      {"0.1", 0.1},
      {"9007199254740993", 9007199254740992.0},
      {"1.7976931348623157e308", kLargest},
      {"4.9e-324", std::numeric_limits<double>::denorm_min()},
      {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022},
      // Out of range in either direction, however it is spelled.
      {"1e999", kLargest},
      {"-1e999", -kLargest},
      {"1e99999999999999999999", kLargest},
      {"000001e999", kLargest},
      {"1" + zeros, kLargest},
      {"0001" + zeros, kLargest},
      {"1" + zeros + "e-50", kLargest},
      {"1e-999", 0},
      {"-1e-999", 0},
      {"1e-99999999999999999999", 0},
      {"0." + zeros + "1", 0},
      {"." + zeros + "1", 0},
      {"0." + zeros + "1e50", 0},
      // Large exponents that the digits make up for.
      {"1" + zeros + "e-400", 1},
      {"0." + zeros + "1e401", 1},
      {"0e999", 0},
  };
  for (const auto& [text, value] : good) {
    const auto parsed = ParseNumber(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(*parsed, value) << text;
  }
}

TEST(ParseNumberTest, ReadsNothingElse) {
  for (const char* const text :
       {"",     "-",   "+",  ".",   "-.",       "+-1",   "-+1", "--1",  "++1",  "abc",
        "1a",   "1 ",  " 1", "\t1", "inf",      "nan",   "NaN", "-inf", "0x10", "1,000",
        "1e",   "1e+", "e5", ".e5", "1.2.3",    "1_000", "1f",  "１",   "½",    "1e5.5",
        "1..2", "+ 1", "$1", "1%",  "infinity", "+nan",  "−1",  "1\n",  "1d0",  "0b1"}) {
    EXPECT_FALSE(ParseNumber(text).has_value()) << text;
  }
  EXPECT_FALSE(ParseNumber(std::string_view("1\0", 2)).has_value());
}

TEST(ParseIntegerTest, ReadsWhatFitsInto64Bits) {
  EXPECT_EQ(ParseInteger("0"), 0);
  EXPECT_EQ(ParseInteger("+12"), 12);
  EXPECT_EQ(ParseInteger("-007"), -7);
  EXPECT_EQ(ParseInteger("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(ParseInteger("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  for (const char* const text : {"", "-", "+", "+-1", "1.0", "1e3", "0x1", " 1", "1 ",
                                 "9223372036854775808", "-9223372036854775809", "abc"}) {
    EXPECT_FALSE(ParseInteger(text).has_value()) << text;
  }
}

TEST(FormatNumberTest, WritesIntegersPlainlyAndFractionsShortly) {
  const std::vector<std::pair<double, std::string>> cases = {
      {0, "0"},          {-0.0, "0"},
      {-3, "-3"},        {0.1, "0.1"},
      {1e6, "1000000"},  {9007199254740991.0, "9007199254740991"},
      {1e22, "1e+22"},   {1.0 / 3, "0.3333333333333333"},
      {-1e-7, "-1e-07"}, {kLargest, "1.7976931348623157e+308"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(FormatNumber(value), text);
}

TEST(FormatNumberTest, AppendsBehindWhatIsThere) {
  std::string out = "x=";
  AppendNumber(2.5, out);
  EXPECT_EQ(out, "x=2.5");
}

// Any 64 bits that make a finite double come back bit for bit (both zeros read as 0).
TEST(FormatNumberTest, ReadsBackAsTheSameNumber) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t bits = random.Next();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(ParseNumber(FormatNumber(value)), value) << bits;
  }
}

TEST(NumberTest, RealsHaveAPointOrAnExponentAndReadBackEqual) {
  const auto text = [](double value) {
    std::string out;
    AppendReal(value, out);
    return out;
  };
  EXPECT_EQ(text(0.85), "0.85");
  EXPECT_EQ(text(1), "1.0");
  EXPECT_EQ(text(-3), "-3.0");
  EXPECT_EQ(text(0), "0.0");
  Random random(5);
  for (int i = 0; i < 100'000; ++i) {
    const double value =
        (random.Uniform() - 0.5) * std::pow(10.0, static_cast<double>(random.Below(60)) - 30);
    ASSERT_EQ(ParseNumber(text(value)), value) << text(value);
    ASSERT_NE(text(value).find_first_of(".e"), std::string::npos) << text(value);
  }
}

}  // namespace
}  // namespace reeve
