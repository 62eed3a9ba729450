#pragma once

#include <bit>
#include <cstdint>

namespace reeve {

/// exp(x) for -80 <= x <= 0 to about float32's precision: x = k ln 2 + r, a Taylor polynomial for
/// e^r, k put into the exponent. Only additions and multiplications that IEEE 754 rounds: the same
/// bits on any processor and with any width of vector, unlike a library's exp. Goes into the loop
/// that calls it, whatever instructions that is compiled for.
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

}  // namespace reeve
