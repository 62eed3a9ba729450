#include "reeve/base/real_text.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "reeve/base/number.h"
#include "reeve/base/random.h"

namespace reeve {
namespace {

std::string Written(double value) {
  char buffer[32];
  return {buffer, WriteFraction(value, buffer)};
}

// The standard library's shortest text; of that length the nearest.
std::string Expected(double value) {
  char buffer[64];
  return {buffer,
          std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr};
}

TEST(RealTextTest, IsTheShortestTextThatReadsBackEqual) {
  Random random(3);
  for (int i = 0; i < 400'000; ++i) {
    double value = random.Uniform();
    if (i % 4 == 1) value = std::pow(10, -4 * value);
    if (i % 4 == 2) value = std::round(value * 1e6) / 1e6;
    if (i % 4 == 3)
      value = 1 / (1 + std::exp(-static_cast<double>(static_cast<float>(20 * value - 9))));
    if (!IsPlainFraction(value)) continue;
    ASSERT_EQ(Written(value), Expected(value));
  }
}

TEST(RealTextTest, HoldsAroundEveryPowerOfTwoAndOfTen) {
  for (const double center :
       {1e-4, 1e-3, 1e-2, 0.1, 1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125, 1.0 / 64, 1.0 / 128,
        1.0 / 256, 1.0 / 512, 1.0 / 1024, 1.0 / 2048, 1.0 / 4096, 1.0 / 8192}) {
    auto bits = std::bit_cast<std::uint64_t>(center) - 2000;
    for (int i = 0; i < 4000; ++i, ++bits) {
      const auto value = std::bit_cast<double>(bits);
      if (!IsPlainFraction(value)) continue;
      ASSERT_EQ(Written(value), Expected(value));
    }
  }
}

TEST(RealTextTest, TakesFractionsOnly) {
  for (const double value :
       {0.0, -0.25, 1.0, 1.5, 0.5, 0.25, 9e-5, 1e-300, std::nan(""), HUGE_VAL, -HUGE_VAL})
    EXPECT_FALSE(IsPlainFraction(value));
  for (const double value : {1e-4, 0.3, 0.9999999999999999}) EXPECT_TRUE(IsPlainFraction(value));
}

TEST(RealTextTest, ManyNumbersAreWrittenLikeEach) {
  Random random(5);
  for (int round = 0; round < 2'000; ++round) {
    double values[3 * FractionTexts::kMost];
    for (double& value : values) {
      value = std::pow(10, -5 * random.Uniform());
      if (random.Below(8) == 0) value = std::round(value * 1e3) / 1e3;
      if (random.Below(20) == 0) value = std::ldexp(1, -static_cast<int>(random.Below(20)));
      if (random.Below(50) == 0) value = -3 * value;
    }
    const std::size_t stride = 1 + random.Below(3), count = random.Below(FractionTexts::kMost + 1);
    FractionTexts texts;
    texts.Read(values, stride, count);
    for (std::size_t i = 0; i < count; ++i) {
      const double value = values[i * stride];
      char expected[kMostRealBytes], found[kMostRealBytes];
      ASSERT_EQ(std::string(found, texts.Write(i, value, found)),
                std::string(expected, WriteReal(value, expected)));
    }
  }
}

TEST(RealTextTest, RealsReadTheSameWhicheverWayTheyAreWritten) {
  const auto text = [](double value) {
    std::string out;
    AppendReal(value, out);
    return out;
  };
  EXPECT_EQ(text(0.85), "0.85");
  EXPECT_EQ(text(0.5), "0.5");
  EXPECT_EQ(text(0.0001), "0.0001");
  EXPECT_EQ(text(0.00001), "1e-05");
  EXPECT_EQ(text(1), "1.0");
  EXPECT_EQ(text(0), "0.0");
}

}  // namespace
}  // namespace reeve
