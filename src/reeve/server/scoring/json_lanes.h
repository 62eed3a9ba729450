#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "reeve/base/wide_loops.h"
#include "reeve/contract/text_head.h"
#include "reeve/server/scoring/json_scan.h"

namespace reeve::server {

// Values of one member in up to 64 rows, read side by side: what json_scan.h does for one value, in
// loops without a jump that become vectors (RunLoop). Bytes are loaded into words first, as vectors
// can only take up what lies together. They have other forms for vectors of 512 bits, and those who
// choose (json_lanes_wide.h).

/// Rows of a loop at most.
inline constexpr std::size_t kMostLanes = 64;

/// Bits of rows, the first one lowest.
struct LaneFlags {
  /// Neither what the loop reads nor null; what it gave for them counts for nothing.
  std::uint64_t odd = 0;
  /// The word null.
  std::uint64_t missing = 0;
  /// Numbers behind which a point stands.
  std::uint64_t fractions = 0;
};

inline constexpr std::uint64_t kEachByte = 0x0101010101010101ULL;

// All bits or none.
REEVE_LOOP std::uint64_t AllIf(bool condition) { return 0 - static_cast<std::uint64_t>(condition); }

// All bits below the first byte that is flagged with its highest bit; all there are without one.
REEVE_LOOP std::uint64_t BytesBefore(std::uint64_t flags) {
  return ((flags & (0 - flags)) >> 7) - 1;
}

// How many bytes of a mask of whole bytes are set.
REEVE_LOOP std::uint64_t CountBytes(std::uint64_t mask) {
  return (mask & kEachByte) * kEachByte >> 56;
}

// Flags with its highest bit the first byte that is `byte`; those behind it may be flagged, too.
REEVE_LOOP std::uint64_t FirstByte(std::uint64_t word, char byte) {
  const std::uint64_t others = word ^ kEachByte * static_cast<unsigned char>(byte);
  return (others - kEachByte) & ~others & kEachByte << 7;
}

// The same for what a plain text cannot hold.
REEVE_LOOP std::uint64_t FirstEscapeOrControl(std::uint64_t word) {
  return FirstByte(word, '\\') | ((word - kEachByte * 0x20) & ~word & kEachByte << 7);
}

REEVE_LOOP bool IsNull(std::uint64_t word) {
  constexpr std::uint64_t kNull = 0x6C6C756E;
  return (word & 0xFFFFFFFF) == kNull;
}

// The eight bytes that stand so far behind each place.
REEVE_LOOP void LoadWords(const char* const* at, std::size_t rows, std::size_t offset,
                          std::uint64_t* words) {
  for (std::size_t row = 0; row < rows; ++row) words[row] = LoadWord(at[row] + offset);
}

/// Numbers of up to seven bytes before their point, with their signs, and where they end. REQUIRES:
/// eight bytes may be read at each place.
REEVE_LOOP LaneFlags ReadWholesPlainly(const char* const* __restrict at, std::size_t rows,
                                       double* __restrict numbers, const char** __restrict behind) {
  std::uint64_t words[kMostLanes];
  LoadWords(at, rows, 0, words);
  std::uint64_t odds = 0, missing = 0, fractions = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t bytes = words[row], bit = kRowBits[row];
    // All of its bits or none. The sign counts as a digit 0.
    const std::uint64_t sign = AllIf((bytes & 0xFF) == '-');
    const std::uint64_t digits = (bytes ^ kEachByte * '0') & ~(sign & 0xFF);
    const std::uint64_t own = BytesBefore(OtherThanDigits(digits));
    // Eight for each byte that is not the number's, but the first one, which it has.
    const std::uint64_t gap = (~own & kEachByte * 8 & ~std::uint64_t{0xFF}) * kEachByte >> 56;
    const std::uint64_t value = ValueOfDigits(digits << gap);
    // Up to the first digit, and what stands behind the last one.
    const std::uint64_t first = (sign & 0xFF00) | 0xFF, next = ~own & (own << 8 | 0xFF);
    const bool none = (own & first) != first;
    const bool leads_with_zero = ((digits & first) == 0) & (own != first);
    const bool is_null = IsNull(bytes), is_long = own == ~std::uint64_t{0};
    const bool is_point = ((bytes ^ kEachByte * '.') & next) == 0;
    const auto number = static_cast<double>(static_cast<std::int64_t>(value));
    numbers[row] = std::bit_cast<double>(std::bit_cast<std::uint64_t>(number) | sign << 63);
    behind[row] = at[row] + (is_null ? 4 : 8 - (gap >> 3));
    missing |= bit & AllIf(is_null);
    odds |= bit & AllIf(none | is_long | leads_with_zero);
    fractions |= bit & AllIf(is_point);
  }
  return {odds & ~missing, missing, fractions & ~odds};
}

/// What stands behind the points of the rows `fractions`: up to seven digits. Gives the bits of
/// rows where that is odd. REQUIRES: nine bytes may be read behind all numbers.
REEVE_LOOP std::uint64_t ReadFractionsPlainly(std::size_t rows, std::uint64_t fractions,
                                              double* __restrict numbers,
                                              const char** __restrict behind) {
  std::uint64_t words[kMostLanes];
  LoadWords(behind, rows, 1, words);
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  std::uint64_t odds = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const bool has = (fractions & kRowBits[row]) != 0;
    const std::uint64_t digits = words[row] ^ kEachByte * '0';
    const std::uint64_t own = BytesBefore(OtherThanDigits(digits));
    const std::uint64_t part = ValueOfDigits(digits & own);
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(numbers[row]);
    const double whole = std::bit_cast<double>(bits & ~kSign);
    // At most 15 digits: exact, and the division rounds once (Clinger 1990).
    const double value = (whole * 1e8 + static_cast<double>(static_cast<std::int64_t>(part))) / 1e8;
    const std::uint64_t sum = std::bit_cast<std::uint64_t>(value) | (bits & kSign);
    numbers[row] = std::bit_cast<double>(has ? sum : bits);
    behind[row] += has ? 1 + CountBytes(own) : 0;
    odds |= kRowBits[row] & AllIf((own == 0) | (own == ~std::uint64_t{0}));
  }
  return odds & fractions;
}

/// Texts without escapes of up to fifteen bytes, their heads, and where they end. REQUIRES:
/// seventeen bytes may be read at each place.
REEVE_LOOP LaneFlags ReadShortTextsPlainly(const char* const* __restrict at, std::size_t rows,
                                           contract::TextHead* __restrict heads,
                                           std::string_view* __restrict texts,
                                           const char** __restrict behind) {
  std::uint64_t words[kMostLanes];
  for (std::size_t row = 0; row < rows; ++row) {
    words[row] = LoadWord(at[row]);
    std::memcpy(&heads[row], at[row] + 1, sizeof heads[row]);
  }
  std::uint64_t odds = 0, missing = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t bit = kRowBits[row];
    const std::uint64_t first = heads[row].first, last = heads[row].last;
    const std::uint64_t quotes = FirstByte(first, '"'), more = FirstByte(last, '"');
    const std::uint64_t own = BytesBefore(quotes);
    const std::uint64_t own_last = quotes != 0 ? 0 : BytesBefore(more);
    const std::uint64_t size = ((own & kEachByte) + (own_last & kEachByte)) * kEachByte >> 56;
    const std::uint64_t bad =
        (FirstEscapeOrControl(first) & own) | (FirstEscapeOrControl(last) & own_last);
    const bool is_null = IsNull(words[row]), is_text = (words[row] & 0xFF) == '"';
    heads[row].first = first & own;
    heads[row].last = last & own_last;
    texts[row] = {at[row] + 1, size};
    behind[row] = at[row] + (is_null ? 4 : size + 2);
    missing |= bit & AllIf(is_null);
    odds |= bit & AllIf(!is_text | (bad != 0) | ((quotes | more) == 0));
  }
  return {odds & ~missing, missing, 0};
}

/// Moves all places on by so many bytes; true when one is beyond where its row ends.
REEVE_LOOP bool MoveAll(const char* const* __restrict from, std::size_t rows, std::size_t bytes,
                        const char* const* __restrict ends, const char** __restrict at) {
  std::uint64_t beyond = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const char* const moved = from[row] + bytes;
    beyond |= moved > ends[row] ? 1 : 0;
    at[row] = moved;
  }
  return beyond != 0;
}

/// What MoveBehind did.
enum class Move { kAll, kAllButSomeBeyondTheirEnd, kNone };

/// The same behind a pattern, if it stands at all of the places. REQUIRES: pattern.size() <=
/// kBytes, and kBytes may be read at each.
REEVE_LOOP Move MoveBehindPlainly(const BytePattern& pattern, const char* const* __restrict from,
                                  std::size_t rows, const char* const* __restrict ends,
                                  const char** __restrict at) {
  if (!pattern.StandsAtAll({from, rows})) return Move::kNone;
  const bool is_beyond = MoveAll(from, rows, pattern.size(), ends, at);
  return is_beyond ? Move::kAllButSomeBeyondTheirEnd : Move::kAll;
}

}  // namespace reeve::server
