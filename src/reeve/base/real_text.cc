#include "reeve/base/real_text.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include <fmt/compile.h>

namespace reeve {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kFractionBits = 52;
constexpr std::uint64_t kHidden = 1ULL << kFractionBits;
constexpr int kExponentBias = 1023 + kFractionBits;

// value = digits * 2^exponent, digits in [2^52, 2^53).
struct Binary {
  std::uint64_t digits = 0;
  int exponent = 0;
};

Binary Split(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return {(bits & (kHidden - 1)) | kHidden,
          static_cast<int>(bits >> kFractionBits) - kExponentBias};
}

constexpr std::uint64_t kPowersOf5[] = {152587890625,   762939453125,
                                        3814697265625,  19073486328125,
                                        95367431640625, 476837158203125};  // 5^16 ... 5^21
constexpr int kFewestPlaces = 16;

// Decimal places: the most p for which 10^-p is still not larger than the distance of doubles,
// 2^exponent. log10(2) is near 78913 / 2^18.
int PlacesOf(int exponent) { return -((exponent * 78913) >> 18); }

// The integer that, divided by 10^places, is the text.
std::uint64_t Shortest(const Binary& binary, int places) {
  const std::uint64_t power = kPowersOf5[places - kFewestPlaces];
  // In units of 2^-shift of a last place: the value, and half the distance to its neighbours.
  // 39 <= shift <= 50, so that all but the value itself fits into 64 bits.
  const int shift = 2 - binary.exponent - places;
  const Wide value = static_cast<Wide>(4 * binary.digits) * power;
  const std::uint64_t unit = 1ULL << shift;
  // Of an even value the middle to a neighbour is still its own.
  const std::uint64_t half = 2 * power - (binary.digits & 1);
  const auto below = static_cast<std::uint64_t>(value >> shift);
  const std::uint64_t rest = static_cast<std::uint64_t>(value) & (unit - 1);
  // The multiples of ten on both sides, if just one of them is near enough.
  const std::uint64_t tens = below / 10 * 10;
  const std::uint64_t from_tens = (below - tens) * unit + rest;
  const bool low_tens = from_tens <= half, high_tens = 10 * unit - from_tens <= half;
  if (low_tens != high_tens) return low_tens ? tens : tens + 10;
  const bool low = rest <= half, high = unit - rest <= half;
  if (low != high) return low ? below : below + 1;
  const std::uint64_t middle = unit / 2;
  if (rest != middle) return rest < middle ? below : below + 1;
  return below + (below & 1);
}

// Two times eight decimal digits, all at once: first fours, then pairs, then single ones, side by
// side. REQUIRES: both are below 10^8.
#ifdef __SSE2__
inline void WriteSixteen(std::uint64_t high, std::uint64_t low, char* out) {
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

inline void WriteSixteen(std::uint64_t high, std::uint64_t low, char* out) {
  WriteEight(high, out);
  WriteEight(low, out + 8);
}
#endif

}  // namespace

bool IsPlainFraction(double value) {
  return value >= 1e-4 && value < 1 && (std::bit_cast<std::uint64_t>(value) & (kHidden - 1)) != 0;
}

char* WriteFraction(double value, char* out) {
  const Binary binary = Split(value);
  const int places = PlacesOf(binary.exponent);
  const std::uint64_t digits = Shortest(binary, places);
  // Below 2^57: two times eight digits, and 0 to 14 in front of them, which takes the first
  // places - 16 digits. These are written as four, of which the others are written over.
  constexpr std::uint64_t kEight = 100'000'000;
  const std::uint64_t high = digits / kEight, top = high / kEight;
  const auto width = static_cast<unsigned>(places - 16);
  const std::uint32_t first =
      0x30303030U + static_cast<std::uint32_t>(top / 10 << 16 | top % 10 << 24);
  const std::uint64_t shifted = std::uint64_t{first} >> (8 * (4 - width));
  out[0] = '0';
  out[1] = '.';
  std::memcpy(out + 2, &shifted, 4);
  WriteSixteen(high - top * kEight, digits - high * kEight, out + 2 + width);
  char* end = out + 2 + places;
  while (end[-1] == '0') --end;
  return end;
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
