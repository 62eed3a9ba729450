#include "reeve/base/portable_exp.h"

#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include "reeve/base/random.h"

namespace reeve {
namespace {

// Numbers between two doubles of one sign.
std::int64_t Ulps(double a, double b) {
  return std::abs(std::bit_cast<std::int64_t>(a) - std::bit_cast<std::int64_t>(b));
}

TEST(PortableExp, IsWithinTwoUlpOfTheLibrary) {
  Random random(1);
  for (int i = 0; i < 200'000; ++i) {
    const double x = (random.Uniform() - 0.5) * (i % 2 == 0 ? 1400 : 20);
    ASSERT_LE(Ulps(Exp(x), std::exp(x)), 2) << x;
  }
  for (const double x : {-700.0, -1e-300, -0.0, 0.0, 1e-300, 700.0})
    EXPECT_LE(Ulps(Exp(x), std::exp(x)), 2) << x;
}

TEST(PortableExp, IsCloseWithFewerTerms) {
  Random random(2);
  for (int i = 0; i < 100'000; ++i) {
    const double x = (random.Uniform() - 0.5) * 1400;
    ASSERT_NEAR(Exp<11>(x) / std::exp(x), 1, 2e-14) << x;
  }
}

TEST(PortableExp, SmallOneIsCloseInFloats) {
  Random random(3);
  for (int i = 0; i < 100'000; ++i) {
    const auto x = static_cast<float>(-80 * random.Uniform());
    ASSERT_NEAR(SmallExp(x) / std::exp(x), 1, 5e-7) << x;
  }
}

}  // namespace
}  // namespace reeve
