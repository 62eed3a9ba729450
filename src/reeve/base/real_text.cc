#include "reeve/base/real_text.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <immintrin.h>
#endif

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

REEVE_LOOP void ReadAll(const double* __restrict values, std::size_t count,
                        std::uint64_t* __restrict digits, std::uint64_t* __restrict places) {
  constexpr auto kSome = std::bit_cast<std::uint64_t>(0.75);
  for (std::size_t i = 0; i < count; ++i) {
    const double value = values[i];
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t is_large = value >= kLeastFraction, is_small = value < 1;
    const std::uint64_t is_dense = (bits & (kHidden - 1)) != 0;
    const std::uint64_t is_plain = is_large & is_small & is_dense;
    const Decimal decimal = Shortest(Choose(is_plain, bits, kSome));
    digits[i] = decimal.digits;
    places[i] = is_plain * decimal.places;
  }
}

// Two times eight decimal digits, all at once: first fours, then pairs, then single ones, side by
// side. Gives how many zeros they end with. REQUIRES: both are below 10^8.
#ifdef __SSE2__
inline std::size_t WriteSixteen(std::uint64_t high, std::uint64_t low, char* out) {
  const __m128i eights =
      _mm_set_epi64x(static_cast<std::int64_t>(low), static_cast<std::int64_t>(high));
  // Quotients by multiplication: 2^45 / 10,000, 2^19 / 100 and 2^10 / 10, rounded up.
  const __m128i upper = _mm_srli_epi64(_mm_mul_epu32(eights, _mm_set1_epi64x(0xD1B71759)), 45);
  const __m128i lower = _mm_sub_epi32(eights, _mm_mul_epu32(upper, _mm_set1_epi64x(10'000)));
  const __m128i fours = _mm_or_si128(upper, _mm_slli_epi64(lower, 32));
  const __m128i tens = _mm_srli_epi16(_mm_mulhi_epu16(fours, _mm_set1_epi16(5'243)), 3);
  const __m128i rest = _mm_sub_epi16(fours, _mm_mullo_epi16(tens, _mm_set1_epi16(100)));
  const __m128i pairs = _mm_or_si128(tens, _mm_slli_epi32(rest, 16));
  const __m128i first = _mm_srli_epi16(_mm_mullo_epi16(pairs, _mm_set1_epi16(103)), 10);
  const __m128i second = _mm_sub_epi16(pairs, _mm_mullo_epi16(first, _mm_set1_epi16(10)));
  const __m128i digits = _mm_or_si128(first, _mm_slli_epi16(second, 8));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_or_si128(digits, _mm_set1_epi8('0')));
  const int zeros = _mm_movemask_epi8(_mm_cmpeq_epi8(digits, _mm_setzero_si128()));
  return static_cast<std::size_t>(std::countl_one(static_cast<std::uint16_t>(zeros)));
}
#else
inline void WriteEight(std::uint64_t value, char* out) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t high = value / 10'000;
  std::uint64_t lanes = high | (value - high * 10'000) << 32;
  high = (lanes * 10'486 >> 20) & 0x0000007F0000007FULL;
  lanes = high | (lanes - high * 100) << 16;
  high = (lanes * 103 >> 10) & 0x000F000F000F000FULL;
  lanes = high | (lanes - high * 10) << 8;
  lanes |= 0x3030303030303030ULL;
  std::memcpy(out, &lanes, sizeof lanes);
}

inline std::size_t WriteSixteen(std::uint64_t high, std::uint64_t low, char* out) {
  WriteEight(high, out);
  WriteEight(low, out + 8);
  std::size_t zeros = 0;
  while (zeros < 16 && out[15 - zeros] == '0') ++zeros;
  return zeros;
}
#endif

}  // namespace

bool IsPlainFraction(double value) {
  return value >= kLeastFraction && value < 1 &&
         (std::bit_cast<std::uint64_t>(value) & (kHidden - 1)) != 0;
}

void FractionTexts::Read(const double* values, std::size_t stride, std::size_t count) {
  double near[kMost];
  for (std::size_t i = 0; i < count; ++i) near[i] = values[i * stride];
  RunLoop<ReadAll>(near, count, digits_, places_);
}

char* FractionTexts::WriteDecimal(std::uint64_t digits, std::uint64_t places, char* out) {
  // Below 2^57: two times eight digits, and 0 to 14 in front of them, which takes the first
  // places - 16 digits. These are written as four, of which the others are written over.
  constexpr std::uint64_t kEight = 100'000'000;
  const std::uint64_t high = digits / kEight, top = high / kEight;
  const std::uint64_t width = places - kFewestPlaces;
  const std::uint32_t first =
      0x30303030U + static_cast<std::uint32_t>(top / 10 << 16 | top % 10 << 24);
  const std::uint64_t shifted = std::uint64_t{first} >> (8 * (4 - width));
  out[0] = '0';
  out[1] = '.';
  std::memcpy(out + 2, &shifted, 4);
  const std::size_t zeros =
      WriteSixteen(high - top * kEight, digits - high * kEight, out + 2 + width);
  char* end = out + 2 + places - zeros;
  if (zeros == 16) {
    while (end[-1] == '0') --end;
  }
  return end;
}

char* WriteFraction(double value, char* out) {
  const Decimal decimal = Shortest(std::bit_cast<std::uint64_t>(value));
  return FractionTexts::WriteDecimal(decimal.digits, decimal.places, out);
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
