#include "reeve/base/real_text.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include <fmt/compile.h>

#include "reeve/base/wide_lanes.h"

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

void ReadPlainly(const double* values, std::size_t stride, std::size_t count,
                 FractionTexts::Parts& parts) {
  constexpr auto kSome = std::bit_cast<std::uint64_t>(0.75);
  for (std::size_t i = 0; i < count; ++i) {
    const double value = values[i * stride];
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t is_large = value >= kLeastFraction, is_small = value < 1;
    const std::uint64_t is_dense = (bits & (kHidden - 1)) != 0;
    const std::uint64_t is_plain = is_large & is_small & is_dense;
    const Decimal decimal = Shortest(Choose(is_plain, bits, kSome));
    const TextBytes bytes = Spell(decimal);
    parts.places[i] = is_plain * decimal.places;
    parts.firsts[i] = bytes.first;
    parts.highs[i] = bytes.high;
    parts.lows[i] = bytes.low;
  }
}

#ifdef REEVE_WIDE
// The same, eight numbers at a time, with what no compiler finds by itself: products of halves and
// of neighbours, and comparisons that stay masks.

// Numbers as Shortest looks at them, in units of 2^-shift of a last place.
struct WideDecimals {
  __m512i places, shift, below, rest, half;
};

REEVE_WIDE_PART WideDecimals ScaleWide(__m512i bits) {
  static_assert(kFewestPlaces % kWideLanes == 0);
  const auto doubled = [](std::size_t i) { return static_cast<long long>(2 * kPowersOf5[i]); };
  const __m512i powers = _mm512_setr_epi64(doubled(0), doubled(1), doubled(2), doubled(3),
                                           doubled(4), doubled(5), 0, 0);
  const __m512i mantissa = (bits & (kHidden - 1)) | kHidden, twice = mantissa + mantissa;
  const __m512i exponent = kExponentBias - _mm512_srli_epi64(bits, kFractionBits);
  const __m512i logarithm = _mm512_mul_epu32(exponent, _mm512_set1_epi64(78'913));
  const __m512i places = _mm512_srli_epi64(logarithm + ((1 << 18) - 1), 18);
  const __m512i power = _mm512_permutexvar_epi64(places, powers);
  // The product by halves of 32 bits.
  const __m512i high_twice = _mm512_srli_epi64(twice, 32);
  const __m512i high_power = _mm512_srli_epi64(power, 32);
  const __m512i middle = _mm512_srli_epi64(_mm512_mul_epu32(twice, power), 32) +
                         _mm512_mul_epu32(twice, high_power) + _mm512_mul_epu32(high_twice, power);
  const __m512i high = _mm512_mul_epu32(high_twice, high_power) + _mm512_srli_epi64(middle, 32);
  const __m512i low = _mm512_mullo_epi64(twice, power), shift = exponent + 2 - places;
  return {.places = places,
          .shift = shift,
          .below = _mm512_sllv_epi64(high, 64 - shift) | _mm512_srlv_epi64(low, shift),
          .rest = low & (_mm512_sllv_epi64(_mm512_set1_epi64(1), shift) - 1),
          .half = power - (bits & 1)};
}

// What rounding adds to `below`, of which this is the last digit.
REEVE_WIDE_PART __m512i RoundWide(const WideDecimals& decimals, __m512i last) {
  const __m512i rest = decimals.rest, half = decimals.half, twice = rest + rest;
  const __m512i one = _mm512_set1_epi64(1), ten = _mm512_set1_epi64(10);
  const __m512i unit = _mm512_sllv_epi64(one, decimals.shift);
  const __m512i from_tens = _mm512_sllv_epi64(last, decimals.shift) + rest;
  const __m512i to_tens = _mm512_sllv_epi64(ten, decimals.shift) - from_tens;
  const __mmask8 low_tens = _mm512_cmple_epi64_mask(from_tens, half);
  const __mmask8 high_tens = _mm512_cmple_epi64_mask(to_tens, half);
  const __mmask8 low_ones = _mm512_cmple_epi64_mask(rest, half);
  const __mmask8 high_ones = _mm512_cmple_epi64_mask(unit - rest, half);
  const __mmask8 in_middle = _mm512_cmpeq_epi64_mask(twice, unit);
  const __mmask8 is_nearer = _mm512_cmpgt_epi64_mask(twice, unit) |
                             _mm512_mask_test_epi64_mask(in_middle, decimals.below, one);
  const auto is_one =
      static_cast<__mmask8>((high_ones & ~low_ones) | (~(low_ones ^ high_ones) & is_nearer));
  const auto is_ten = static_cast<__mmask8>(~low_tens);
  return _mm512_mask_sub_epi64(_mm512_maskz_mov_epi64(is_one, one), low_tens ^ high_tens,
                               _mm512_maskz_mov_epi64(is_ten, ten), last);
}

// Numbers below 2^58 in two parts, of which the second one has eight digits.
struct WideDigits {
  __m512i upper, low;
};

REEVE_WIDE_PART WideDigits SplitWide(__m512i value) {
  const __m512i eight = _mm512_set1_epi64(100'000'000);
  // A double does not hold all digits, so that the quotient may be off by one.
  const __m512d about = _mm512_mul_pd(_mm512_cvtepi64_pd(value), _mm512_set1_pd(1e-8));
  const __m512i upper = _mm512_cvttpd_epi64(about);
  const __m512i low = value - _mm512_mul_epu32(upper, eight);
  const __mmask8 is_below = _mm512_movepi64_mask(low);
  return {_mm512_mask_sub_epi64(upper, is_below, upper, _mm512_set1_epi64(1)),
          _mm512_mask_add_epi64(low, is_below, low, eight)};
}

// The same after something was added to the second part.
REEVE_WIDE_PART WideDigits CarryWide(WideDigits parts) {
  const __m512i eight = _mm512_set1_epi64(100'000'000);
  const __mmask8 is_above = _mm512_cmpge_epi64_mask(parts.low, eight);
  return {_mm512_mask_add_epi64(parts.upper, is_above, parts.upper, _mm512_set1_epi64(1)),
          _mm512_mask_sub_epi64(parts.low, is_above, parts.low, eight)};
}

// See EightDigits: of each step the quotient, and the remainder in the lane behind it.
REEVE_WIDE_PART __m512i EightDigitsWide(__m512i value) {
  const __m512i fours =
      _mm512_srli_epi64(_mm512_mul_epu32(value, _mm512_set1_epi64(109'951'163)), 40);
  value = _mm512_slli_epi64(value, 32) - fours * ((10'000LL << 32) - 1);
  const __m512i pairs = _mm512_srli_epi16(_mm512_mulhi_epu16(value, _mm512_set1_epi16(10'486)), 4);
  value = _mm512_sub_epi32(_mm512_slli_epi32(value, 16),
                           _mm512_mullo_epi32(pairs, _mm512_set1_epi32((100 << 16) - 1)));
  const __m512i ones = _mm512_srli_epi16(_mm512_mullo_epi16(value, _mm512_set1_epi16(103)), 10);
  value = _mm512_sub_epi16(_mm512_slli_epi16(value, 8),
                           _mm512_mullo_epi16(ones, _mm512_set1_epi16((10 << 8) - 1)));
  return value | static_cast<long long>(kZeros);
}

// See Spell: the bytes before the last sixteen.
REEVE_WIDE_PART __m512i FirstBytesWide(__m512i top, __m512i places) {
  const __mmask8 has_tens = _mm512_cmpge_epi64_mask(top, _mm512_set1_epi64(10));
  const __m512i ones = _mm512_mask_sub_epi64(top, has_tens, top, _mm512_set1_epi64(10));
  const __m512i four =
      _mm512_slli_epi64(ones, 24) +
      _mm512_mask_mov_epi64(_mm512_set1_epi64(0x30303030), has_tens, _mm512_set1_epi64(0x30313030));
  const __m512i hidden = _mm512_slli_epi64((kFewestPlaces + 4) - places, 3);
  return _mm512_slli_epi64(_mm512_srlv_epi64(four, hidden), 16) | 0x2E30;
}

// The bits of plain fractions, those of another one elsewhere; gives where they are.
REEVE_WIDE_PART __mmask8 TakePlain(__m512d values, __m512i* bits) {
  const __mmask8 is_large = _mm512_cmp_pd_mask(values, _mm512_set1_pd(kLeastFraction), _CMP_GE_OQ);
  const __mmask8 is_small = _mm512_cmp_pd_mask(values, _mm512_set1_pd(1), _CMP_LT_OQ);
  const __mmask8 is_dense =
      _mm512_test_epi64_mask(_mm512_castpd_si512(values), _mm512_set1_epi64(kHidden - 1));
  const auto is_plain = static_cast<__mmask8>(is_large & is_small & is_dense);
  *bits = _mm512_castpd_si512(_mm512_mask_mov_pd(_mm512_set1_pd(0.75), is_plain, values));
  return is_plain;
}

REEVE_WIDE_PART WideDigits DigitsWide(const WideDecimals& decimals) {
  WideDigits parts = SplitWide(decimals.below);
  // 2^35 / 10, rounded up.
  const __m512i tens =
      _mm512_srli_epi64(_mm512_mul_epu32(parts.low, _mm512_set1_epi64(3'435'973'837)), 35);
  const __m512i last = parts.low - _mm512_mul_epu32(tens, _mm512_set1_epi64(10));
  return CarryWide({parts.upper, parts.low + RoundWide(decimals, last)});
}

REEVE_WIDE void ReadWide(const double* values, std::size_t stride, std::size_t count,
                         FractionTexts::Parts& parts) {
  // Step by step, as in one number each waits for the one before.
  constexpr std::size_t kMostVectors = FractionTexts::kMost / kWideLanes;
  WideDecimals decimals[kMostVectors];
  WideDigits digits[kMostVectors];
  const std::size_t vectors = (count + kWideLanes - 1) / kWideLanes;
  const __m512i lanes_at =
      _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7) * static_cast<long long>(stride);
  for (std::size_t v = 0; v < vectors; ++v) {
    const std::size_t i = v * kWideLanes;
    __m512i bits;
    const __mmask8 is_plain =
        TakePlain(_mm512_mask_i64gather_pd(_mm512_setzero_pd(), LanesOf(count - i), lanes_at,
                                           values + i * stride, sizeof *values),
                  &bits);
    decimals[v] = ScaleWide(bits);
    _mm512_storeu_si512(parts.places + i, _mm512_maskz_mov_epi64(is_plain, decimals[v].places));
  }
  for (std::size_t v = 0; v < vectors; ++v) digits[v] = DigitsWide(decimals[v]);
  for (std::size_t v = 0; v < vectors; ++v) {
    const std::size_t i = v * kWideLanes;
    const __m512i upper = digits[v].upper;
    // Up to 14; 2^57 / 10^8, rounded up.
    const __m512i top =
        _mm512_srli_epi64(_mm512_mul_epu32(upper, _mm512_set1_epi64(1'441'151'881)), 57);
    const __m512i high = upper - _mm512_mul_epu32(top, _mm512_set1_epi64(100'000'000));
    _mm512_storeu_si512(parts.firsts + i, FirstBytesWide(top, decimals[v].places));
    _mm512_storeu_si512(parts.highs + i, EightDigitsWide(high));
    _mm512_storeu_si512(parts.lows + i, EightDigitsWide(digits[v].low));
  }
}
#endif

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
#ifdef REEVE_WIDE
  if (HasWideVectors()) return ReadWide(values, stride, count, parts_);
#endif
  ReadPlainly(values, stride, count, parts_);
}

char* FractionTexts::WritePlain(std::size_t i, char* out) const {
  return reeve::Write({parts_.firsts[i], parts_.highs[i], parts_.lows[i]}, parts_.places[i], out);
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
