#include "reeve/base/real_text.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include <fmt/compile.h>

#include "reeve/base/wide_loops.h"

namespace reeve {
namespace {

constexpr double kLeastFraction = 1e-4;

constexpr int kFractionBits = 52;
constexpr std::uint64_t kHidden = 1ULL << kFractionBits;
constexpr std::uint64_t kExponentBias = 1023 + kFractionBits;

constexpr std::uint64_t kPowersOf5[] = {152587890625,   762939453125,
                                        3814697265625,  19073486328125,
                                        95367431640625, 476837158203125};  // 5^16 ... 5^21
constexpr std::uint64_t kFewestPlaces = 16;
// Eight digits 0.
constexpr std::uint64_t kZeros = 0x3030303030303030ULL;

// The text is digits / 10^places.
struct Decimal {
  std::uint64_t digits, places;
};

// `a` where `flag` is 1, `b` where it is 0.
REEVE_LOOP std::uint64_t Choose(std::uint64_t flag, std::uint64_t a, std::uint64_t b) {
  return b ^ ((0 - flag) & (a ^ b));
}

// 2^n. As a double: GCC does not make vectors of shifts of a constant.
REEVE_LOOP std::uint64_t PowerOfTwo(std::uint64_t n) {
  const auto power = std::bit_cast<double>((n + 1023) << kFractionBits);
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(power));
}

// The last decimal digit. REQUIRES: value < 2^58.
REEVE_LOOP std::uint64_t LastDigit(std::uint64_t value) {
  // As a double it is off by eight at most, and the quotient by less than four.
  const double about = static_cast<double>(static_cast<std::int64_t>(value)) * 0.1;
  const auto quotient = static_cast<std::uint64_t>(static_cast<std::int64_t>(about));
  const std::uint64_t left = value - 10 * quotient + 40;
  return left - 10 * (left * 6554 >> 16);
}

// Without a jump and within 64 bits, so that it runs in vectors too. REQUIRES: the bits of a plain
// fraction, whose value is mantissa * 2^-exponent, mantissa in [2^52, 2^53).
REEVE_LOOP Decimal Shortest(std::uint64_t bits) {
  const std::uint64_t mantissa = (bits & (kHidden - 1)) | kHidden;
  const std::uint64_t exponent = kExponentBias - (bits >> kFractionBits);
  // The most places p for which 10^-p is still not larger than the distance of doubles,
  // 2^-exponent; log10(2) is near 78913 / 2^18.
  const std::uint64_t places = (exponent * 78'913 + (1U << 18) - 1) >> 18;
  const std::uint64_t power = kPowersOf5[places - kFewestPlaces];
  // In units of 2^-shift of a last place: the value, and half the distance to its neighbours.
  // 39 <= shift <= 50, so that all but the value itself fits into 64 bits.
  const std::uint64_t shift = exponent + 2 - places, unit = PowerOfTwo(shift);
  // The value, 4 * mantissa * power, by halves of 32 bits.
  constexpr std::uint64_t kHalf = 0xFFFFFFFF;
  const std::uint64_t low_mantissa = 4 * mantissa & kHalf, high_mantissa = 4 * mantissa >> 32;
  const std::uint64_t low_power = power & kHalf, high_power = power >> 32;
  const std::uint64_t lowest = low_mantissa * low_power;
  const std::uint64_t middle =
      low_mantissa * high_power + high_mantissa * low_power + (lowest >> 32);
  const std::uint64_t low = middle << 32 | (lowest & kHalf);
  const std::uint64_t high = high_mantissa * high_power + (middle >> 32);
  const std::uint64_t below = high << (64 - shift) | low >> shift;
  const std::uint64_t rest = low & (unit - 1);
  // Of an even value the middle to a neighbour is still its own.
  const std::uint64_t half = 2 * power - (mantissa & 1);
  // The multiples of ten on both sides, if just one of them is near enough; then those of one; then
  // the nearest.
  const std::uint64_t last = LastDigit(below), from_tens = (last << shift) + rest;
  const std::uint64_t low_tens = from_tens <= half, high_tens = 10 * unit - from_tens <= half;
  const std::uint64_t low_ones = rest <= half, high_ones = unit - rest <= half;
  const std::uint64_t above_middle = 2 * rest > unit, in_middle = 2 * rest == unit;
  const std::uint64_t to_nearest = above_middle | (in_middle & below);
  const std::uint64_t to_ones = Choose(low_ones ^ high_ones, low_ones ^ 1, to_nearest);
  const std::uint64_t to_tens = 10 * (low_tens ^ 1) - last;
  return {below + Choose(low_tens ^ high_tens, to_tens, to_ones), places};
}

// A text's bytes: those before its last sixteen ("0." and up to four digits), and these.
struct TextBytes {
  std::uint64_t first, high, low;
};

// Eight decimal digits, the first one lowest: halves of four, then pairs, then single ones, side by
// side. REQUIRES: value < 10^8.
REEVE_LOOP std::uint64_t EightDigits(std::uint64_t value) {
  static_assert(std::endian::native == std::endian::little);
  // Quotients by multiplication: 2^40 / 10,000, 2^20 / 100 and 2^10 / 10, rounded up.
  std::uint64_t high = value * 109'951'163 >> 40;
  std::uint64_t lanes = high | (value - high * 10'000) << 32;
  high = (lanes * 10'486 >> 20) & 0x0000007F0000007FULL;
  lanes = high | (lanes - high * 100) << 16;
  high = (lanes * 103 >> 10) & 0x000F000F000F000FULL;
  lanes = high | (lanes - high * 10) << 8;
  return lanes | kZeros;
}

REEVE_LOOP TextBytes Spell(Decimal decimal) {
  constexpr std::uint64_t kEight = 100'000'000;
  // A double does not hold all digits, so that the quotient may be off by one.
  const double about = static_cast<double>(static_cast<std::int64_t>(decimal.digits)) * 1e-8;
  auto upper = static_cast<std::uint64_t>(static_cast<std::int64_t>(about));
  std::uint64_t low = decimal.digits - upper * kEight;
  const std::uint64_t is_below = low >> 63;
  upper -= is_below;
  low += is_below * kEight;
  const std::uint64_t is_above = low >= kEight;
  upper += is_above;
  low -= is_above * kEight;
  // The digits are below 2^57, so that up to 14 is left. 2^57 / 10^8, rounded up.
  const std::uint64_t top = upper * 1'441'151'881 >> 57, tens = top >= 10;
  // As four digits, of which the last places - 16 count.
  const std::uint64_t four = 0x30303030 + (tens << 16) + ((top - 10 * tens) << 24);
  const std::uint64_t shown = four >> (8 * (kFewestPlaces + 4 - decimal.places));
  return {shown << 16 | 0x2E30, EightDigits(upper - top * kEight), EightDigits(low)};
}

REEVE_LOOP void ReadAll(const double* __restrict values, std::size_t count,
                        std::uint64_t* __restrict places, std::uint64_t* __restrict firsts,
                        std::uint64_t* __restrict highs, std::uint64_t* __restrict lows) {
  constexpr auto kSome = std::bit_cast<std::uint64_t>(0.75);
  for (std::size_t i = 0; i < count; ++i) {
    const double value = values[i];
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t is_large = value >= kLeastFraction, is_small = value < 1;
    const std::uint64_t is_dense = (bits & (kHidden - 1)) != 0;
    const std::uint64_t is_plain = is_large & is_small & is_dense;
    const Decimal decimal = Shortest(Choose(is_plain, bits, kSome));
    const TextBytes bytes = Spell(decimal);
    places[i] = is_plain * decimal.places;
    firsts[i] = bytes.first;
    highs[i] = bytes.high;
    lows[i] = bytes.low;
  }
}

char* Write(const TextBytes& bytes, std::uint64_t places, char* out) {
  std::memcpy(out, &bytes.first, sizeof bytes.first);
  char* const end = out + 2 + places;
  std::memcpy(end - 16, &bytes.high, sizeof bytes.high);
  std::memcpy(end - 8, &bytes.low, sizeof bytes.low);
  // Zeros at the end are left out; some digit is none.
  const auto zeros_of = [](std::uint64_t eight) { return std::countl_zero(eight - kZeros) / 8; };
  int zeros = zeros_of(bytes.low);
  if (zeros == 8) zeros += zeros_of(bytes.high);
  char* last = end - zeros;
  while (zeros == 16 && last[-1] == '0') --last;
  return last;
}

}  // namespace

bool IsPlainFraction(double value) {
  return value >= kLeastFraction && value < 1 &&
         (std::bit_cast<std::uint64_t>(value) & (kHidden - 1)) != 0;
}

void FractionTexts::Read(const double* values, std::size_t stride, std::size_t count) {
  double near[kMost];
  for (std::size_t i = 0; i < count; ++i) near[i] = values[i * stride];
  RunLoop<ReadAll>(near, count, places_, firsts_, highs_, lows_);
}

char* FractionTexts::WritePlain(std::size_t i, char* out) const {
  return reeve::Write({firsts_[i], highs_[i], lows_[i]}, places_[i], out);
}

char* WriteFraction(double value, char* out) {
  const Decimal decimal = Shortest(std::bit_cast<std::uint64_t>(value));
  return Write(Spell(decimal), decimal.places, out);
}

char* WriteReal(double value, char* out) {
  if (IsPlainFraction(value)) return WriteFraction(value, out);
  char* end = fmt::format_to(out, FMT_COMPILE("{}"), value);
  const bool is_whole =
      std::all_of(out, end, [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  if (is_whole) {
    *end++ = '.';
    *end++ = '0';
  }
  return end;
}

}  // namespace reeve
