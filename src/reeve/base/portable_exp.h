#pragma once

// Exponentials of additions and multiplications that IEEE 754 rounds, and of nothing else: the same
// bits on any processor and with any width of vector, unlike a library's exp. They go into the loop
// that calls them, whatever instructions that is compiled for, and vectorise there.
//
// x = k ln 2 + r; a Taylor polynomial for e^r; k put into the exponent.

#include <bit>
#include <cstdint>

namespace reeve {

/// exp(x) for -80 <= x <= 0 to about float32's precision.
inline __attribute__((always_inline)) float SmallExp(float x) {
  constexpr float kRounder = 0x1.8p23F;  // rounds to a whole number, half to even
  constexpr float kLog2E = 0x1.715476p+0F, kLn2High = 0x1.62e000p-1F, kLn2Low = 0x1.0bfbe8p-15F;
  const float shifted = x * kLog2E + kRounder;
  const float k = shifted - kRounder;
  const float r = (x - k * kLn2High) - k * kLn2Low;
  float e = 1.0F / 720;
  e = e * r + 1.0F / 120;
  e = e * r + 1.0F / 24;
  e = e * r + 1.0F / 6;
  e = e * r + 0.5F;
  e = e * r + 1;
  e = e * r + 1;
  const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U;
  return e * std::bit_cast<float>(exponent);
}

constexpr double Factorial(int n) { return n > 1 ? n * Factorial(n - 1) : 1; }

/// The terms of e^r / r^kFrom from the one of r^kFrom to that of r^kDegree.
template <int kDegree, int kFrom = 0>
inline __attribute__((always_inline)) double ExpSeries(double r) {
  if constexpr (kFrom == kDegree) {
    return 1 / Factorial(kFrom);
  } else {
    return ExpSeries<kDegree, kFrom + 1>(r) * r + 1 / Factorial(kFrom);
  }
}

/// exp(x) for -700 <= x <= 700: with a polynomial of degree 13 within 2 ulp, with one of degree 11
/// to about 1e-14 relative.
template <int kDegree = 13>
inline __attribute__((always_inline)) double Exp(double x) {
  constexpr double kRounder = 0x1.8p52;  // as above
  constexpr double kLog2E = 0x1.71547652b82fep+0;
  // ln 2 in two parts; the first has few enough digits that k times it is exact.
  constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;
  const double shifted = x * kLog2E + kRounder;
  const double k = shifted - kRounder;
  const double r = (x - k * kLn2High) - k * kLn2Low;
  const std::uint64_t exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52;
  return ExpSeries<kDegree>(r) * std::bit_cast<double>(exponent);
}

}  // namespace reeve
