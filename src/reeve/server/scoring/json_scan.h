#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "reeve/contract/cell.h"
#include "reeve/contract/text_head.h"

namespace reeve::server {

// The parts of JSON that nearly every value is made of, read without a cursor: where that lives in
// memory, each step would wait for the one before to be stored. Whatever is not plain is left to
// JsonCursor, which tells good from bad: null means "not plain", never "wrong".
//
// Bytes are looked at eight or sixteen at a time; none at or behind `end` is touched.

/// Powers of ten that a double holds without an error.
inline constexpr double kExactPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

inline std::uint64_t LoadWord(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// True when `bytes` stand at `at`. Names are short: a call to memcmp would cost more.
inline bool StandsAt(const char* at, const char* end, std::string_view bytes) {
  if (static_cast<std::size_t>(end - at) < bytes.size()) return false;
  if (bytes.size() < sizeof(std::uint64_t)) {
    std::size_t i = 0;
    while (i < bytes.size() && at[i] == bytes[i]) ++i;
    return i == bytes.size();
  }
  const std::size_t last = bytes.size() - sizeof(std::uint64_t);
  for (std::size_t i = 0; i < last; i += sizeof(std::uint64_t)) {
    if (LoadWord(at + i) != LoadWord(bytes.data() + i)) return false;
  }
  return LoadWord(at + last) == LoadWord(bytes.data() + last);
}

/// A few bytes that are looked for again and again: up to 32 of them are compared at once, without
/// a loop.
class BytePattern {
 public:
  BytePattern() = default;
  /// `bytes` have to outlive the pattern where they are more than kBytes.
  explicit BytePattern(std::string_view bytes) : bytes_(bytes) {
    const std::size_t size = bytes.size() < kBytes ? bytes.size() : kBytes;
    if (size > 0) std::memcpy(copy_, bytes.data(), size);
    std::memset(own_, 0xFF, size);
  }

  std::size_t size() const { return bytes_.size(); }
  bool StandsAt(const char* at, const char* end) const {
    if (size() > kBytes) return server::StandsAt(at, end, bytes_);
    if (end - at < static_cast<std::ptrdiff_t>(kBytes))
      return server::StandsAt(at, end, {copy_, size()});
    return StandsAtAll({&at, 1});
  }
  /// True when it stands at all of these places. REQUIRES: size() <= kBytes, and kBytes may be read
  /// at each.
  [[gnu::always_inline]] bool StandsAtAll(std::span<const char* const> places) const {
    using Half = std::uint64_t __attribute__((vector_size(kBytes / 2)));
    const auto load = [](const char* from) __attribute__((always_inline)) {
      Half half;
      std::memcpy(&half, from, sizeof half);
      return half;
    };
    // Differences add up: one jump for all.
    const Half front = load(copy_), back = load(copy_ + sizeof(Half));
    Half others = {}, others_behind = {};
#pragma GCC unroll 4
    for (const char* const at : places) others |= load(at) ^ front;
    if (bytes_.size() > sizeof(Half)) {
#pragma GCC unroll 4
      for (const char* const at : places) others_behind |= load(at + sizeof(Half)) ^ back;
    }
    others = (others & load(own_)) | (others_behind & load(own_ + sizeof(Half)));
    return (others[0] | others[1]) == 0;
  }

  /// What is compared at once.
  static constexpr std::size_t kBytes = 32;
  /// kBytes of the pattern, and as many that are ones where these count, for vectors.
  const char* bytes() const { return copy_; }
  const char* own() const { return own_; }

 private:
  char copy_[kBytes] = {};
  // Ones where the bytes of the copy count.
  char own_[kBytes] = {};
  std::string_view bytes_;
};

/// True for what ends a text or a plain stretch of it: a quote, a backslash, a control character.
inline bool EndsPlainText(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

/// `at` stands behind an opening quote. The first byte that ends plain text, or `end`.
inline const char* SkipPlainText(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i ends =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                     _mm_cmpeq_epi8(_mm_max_epu8(bytes, control), control));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(ends));
    if (mask != 0) return at + std::countr_zero(mask);
  }
#endif
  while (at < end && !EndsPlainText(*at)) ++at;
  return at;
}

/// `at` stands behind an opening quote. The closing quote of a text without escapes, and the text's
/// head; null when it is no such text.
[[gnu::always_inline]] inline const char* ScanText(const char* at, const char* end,
                                                   contract::TextHead& head) {
  const char* const from = at;
#ifdef __SSE2__
  if (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto mask_of = [](__m128i flags) {
      return static_cast<unsigned>(_mm_movemask_epi8(flags));
    };
    // Whatever follows waits for where the text ends, so that this looks for nothing else.
    const unsigned quotes = mask_of(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    if (quotes != 0) {
      const int size = std::countr_zero(quotes);
      const __m128i control = _mm_set1_epi8(0x1F);
      const unsigned odd =
          mask_of(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')),
                               _mm_cmpeq_epi8(_mm_max_epu8(bytes, control), control)));
      if ((odd & ~quotes & (quotes - 1)) != 0) return nullptr;
      // Bytes from `size` on are not the text's.
      alignas(32) static constexpr unsigned char kOwn[32] = {
          255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
      const __m128i own = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kOwn + 16 - size));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(&head), _mm_and_si128(bytes, own));
      return at + size;
    }
  }
#endif
  at = SkipPlainText(at, end);
  if (at == end || *at != '"') return nullptr;
  head = contract::TextHead::Of({from, static_cast<std::size_t>(at - from)});
  return at;
}

// Eight bytes less '0' each: the highest bit of every one that is no digit.
[[gnu::always_inline]] inline std::uint64_t OtherThanDigits(std::uint64_t bytes) {
  // A byte above 9 gets it by itself or by adding 0x76 to the lower seven.
  return (((bytes & 0x7F7F7F7F7F7F7F7FULL) + 0x7676767676767676ULL) | bytes) &
         0x8080808080808080ULL;
}

// How many bits stand before the first byte that is flagged.
inline unsigned BitsBefore(std::uint64_t flags) {
  return flags == 0 ? 64 : static_cast<unsigned>(std::countr_zero(flags)) & ~7U;
}

// The number that eight digits spell, one a byte, the first of them lowest.
[[gnu::always_inline]] inline std::uint64_t ValueOfDigits(std::uint64_t bytes) {
  static_assert(std::endian::native == std::endian::little);
  // Pairs, fours, all eight.
  std::uint64_t sum = (bytes * (10 * 0x100ULL + 1) >> 8) & 0x00FF00FF00FF00FFULL;
  sum = (sum * (100 * 0x10000ULL + 1) >> 16) & 0x0000FFFF0000FFFFULL;
  return sum * (10'000 * 0x100000000ULL + 1) >> 32;
}

// The number that the digits of the first `bits` bytes spell. REQUIRES: bits > 0.
inline std::uint64_t ValueOfDigits(std::uint64_t bytes, std::uint64_t bits) {
  // The digits move to the end, zeros stand before them.
  return ValueOfDigits(bytes << (64 - bits));
}

/// A number of at most eight bytes, with its sign, before its point and at most seven behind it,
/// without an exponent: the first byte behind it, or null when it is no such number. The very
/// double that JsonCursor::ReadNumber gives.
[[gnu::always_inline]] inline const char* ScanNumber(const char* at, const char* end,
                                                     double& number) {
  constexpr std::uint64_t kZeros = 0x3030303030303030ULL;
  constexpr std::ptrdiff_t kLongest = 8 + 1 + 8 + 1;
  if (end - at < kLongest) return nullptr;
  std::uint64_t digits = LoadWord(at) ^ kZeros;
  std::uint64_t others = OtherThanDigits(digits);
  // The sign counts as a digit 0: nothing that follows waits for whether there is one.
  const bool negative = *at == '-';
  const std::uint64_t sign = negative ? 0xFF : 0;
  others &= ~sign;
  digits &= ~sign;
  const unsigned bits = BitsBefore(others), sign_bits = negative ? 8 : 0;
  if (bits == sign_bits) return nullptr;
  if ((digits >> sign_bits & 0xFF) == 0 && bits > sign_bits + 8) return nullptr;
  at += bits / 8;
  auto value = static_cast<double>(ValueOfDigits(digits, bits));
  if (*at == '.') {
    digits = LoadWord(++at) ^ kZeros;
    const unsigned part_bits = BitsBefore(OtherThanDigits(digits)), count = part_bits / 8;
    if (count == 0 || count == 8) return nullptr;
    at += count;
    // At most 15 digits: exact, and the division rounds once (Clinger 1990).
    value = (value * kExactPowers[count] + static_cast<double>(ValueOfDigits(digits, part_bits))) /
            kExactPowers[count];
  }
  const char next = *at;
  if ((next >= '0' && next <= '9') || next == '.' || next == 'e' || next == 'E') return nullptr;
  number = negative ? -value : value;
  return at;
}

/// What ScanValue found. The text's head counts where the kind is text.
struct PlainValue {
  contract::Cell cell;
  contract::TextHead head;
};

/// A text without escapes, a number as ScanNumber takes it, a word: the first byte behind it, or
/// null when it needs a closer look. REQUIRES: at < end.
[[gnu::always_inline]] inline const char* ScanValue(const char* at, const char* end,
                                                    PlainValue& value) {
  using Kind = contract::Cell::Kind;
  if (*at == '"') {
    const char* const quote = ScanText(at + 1, end, value.head);
    if (quote == nullptr) return nullptr;
    value.cell.kind = Kind::kText;
    value.cell.text = {at + 1, static_cast<std::size_t>(quote - at - 1)};
    return quote + 1;
  }
  if (const char* const behind = ScanNumber(at, end, value.cell.number)) {
    value.cell.kind = Kind::kNumber;
    return behind;
  }
  for (const std::string_view word : {"null", "true", "false"}) {
    if (!StandsAt(at, end, word)) continue;
    value.cell.kind = word == "null" ? Kind::kMissing : Kind::kBoolean;
    value.cell.number = word == "true" ? 1 : 0;
    return at + word.size();
  }
  return nullptr;
}

}  // namespace reeve::server
