#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "reeve/base/wide_loops.h"

namespace reeve::server {

/// Where a byte stands among up to 4,096: a bit for each of them, the first lowest.
struct ByteMarks {
  /// Bytes that one word stands for, and words at most.
  static constexpr std::size_t kBytes = 64, kWords = 64;

  std::uint64_t words[kWords];
  /// A bit for each word that is not zero.
  std::uint64_t some = 0;

  /// Calls visit(place) for the places in their order as long as it gives true; whether it always
  /// did.
  template <typename Visit>
  bool ForEach(const Visit& visit) const {
    for (std::uint64_t left = some; left != 0; left &= left - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(left));
      for (std::uint64_t word = words[i]; word != 0; word &= word - 1) {
        if (!visit(i * kBytes + static_cast<std::size_t>(std::countr_zero(word)))) return false;
      }
    }
    return true;
  }
};

#ifdef REEVE_WIDE
/// The form of MarkByte for vectors of 512 bits. REQUIRES: HasWideVectors().
REEVE_WIDE inline void MarkByteWide(const char* at, std::size_t words, char byte,
                                    ByteMarks& marks) {
  const __m512i wanted = _mm512_set1_epi8(byte);
  std::size_t i = 0;
  for (; i < words; ++i, at += ByteMarks::kBytes)
    marks.words[i] = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(at), wanted);
  for (; i % 8 != 0; ++i) marks.words[i] = 0;
  marks.some = 0;
  for (std::size_t first = 0; first < words; first += 8) {
    const __m512i eight = _mm512_loadu_si512(marks.words + first);
    marks.some |= std::uint64_t{_mm512_test_epi64_mask(eight, eight)} << first;
  }
}
#endif

/// The form of it for all processors.
inline void MarkBytePlainly(const char* at, std::size_t words, char byte, ByteMarks& marks) {
#ifdef __SSE2__
  const __m128i wanted = _mm_set1_epi8(byte);
  const auto found = [&](const char* from) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return static_cast<std::uint64_t>(
        static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted))));
  };
  const auto mark = [&](const char* from) {
    return found(from) | found(from + 16) << 16 | found(from + 32) << 32 | found(from + 48) << 48;
  };
#else
  const auto mark = [&](const char* from) {
    std::uint64_t found = 0;
    for (std::size_t k = 0; k < ByteMarks::kBytes; ++k)
      found |= std::uint64_t{from[k] == byte} << k;
    return found;
  };
#endif
  marks.some = 0;
  for (std::size_t i = 0; i < words; ++i, at += ByteMarks::kBytes) {
    marks.words[i] = mark(at);
    marks.some |= std::uint64_t{marks.words[i] != 0} << i;
  }
}

/// Where `byte` stands from `at` on, within that many words of 64 bytes.
inline void MarkByte(const char* at, std::size_t words, char byte, ByteMarks& marks) {
#ifdef REEVE_WIDE
  if (HasWideVectors()) return MarkByteWide(at, words, byte, marks);
#endif
  MarkBytePlainly(at, words, byte, marks);
}

}  // namespace reeve::server
