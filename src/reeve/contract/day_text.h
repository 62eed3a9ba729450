#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "reeve/base/wide_loops.h"

namespace reeve::contract {

/// Bytes of a day as most dates spell it: "2024-02-12", "2024/02/12".
inline constexpr std::size_t kDayBytes = 10;
/// What ReadDay gives for bytes that are no day.
inline constexpr std::int32_t kNoDay = std::numeric_limits<std::int32_t>::min();
inline constexpr double kSecondsOfDay = 86'400;

/// The bytes of a text that may be a day, as ReadDay takes them.
struct DayText {
  std::uint64_t first = 0;
  std::uint16_t last = 0;
};
/// REQUIRES: kDayBytes may be read at `text`.
inline DayText LoadDay(const char* text) {
  DayText bytes;
  std::memcpy(&bytes.first, text, sizeof bytes.first);
  std::memcpy(&bytes.last, text + sizeof bytes.first, sizeof bytes.last);
  return bytes;
}

/// Days since 1970 of a date of the Gregorian calendar, years 0 to 9999. Without a branch, so that
/// loops over it become vectors.
REEVE_LOOP std::int32_t ReadDay(std::uint64_t first, std::uint16_t last) {
  static_assert(std::endian::native == std::endian::little);
  // Digits become 0 to 9, the separators 0.
  const std::uint64_t separator = first >> 32 & 0xFF;
  const std::uint64_t word = first ^ (0x0030300030303030ULL | separator << 32 | separator << 56);
  const std::uint32_t tens = (last & 0xFFU) - '0', ones = (last >> 8) - std::uint32_t{'0'};
  // The highest bit of every byte that is more than that.
  const std::uint64_t others =
      (((word & 0x7F7F7F7F7F7F7F7FULL) + 0x7F76767F76767676ULL) | word) & 0x8080808080808080ULL;
  // Each byte times ten plus the one behind it.
  const std::uint64_t pairs = word * 10 + (word >> 8);
  const auto year = static_cast<std::uint32_t>((pairs & 0xFF) * 100 + (pairs >> 16 & 0xFF));
  const auto month = static_cast<std::uint32_t>(pairs >> 40 & 0xFF);
  const std::uint32_t day = tens * 10 + ones;
  const bool is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0));
  // Two bits a month, what it has beyond 28 days; January is the first.
  const std::uint32_t length =
      28 + (0x3BBEECCU >> (2 * (month & 15)) & 3) + (is_leap & (month == 2));
  const bool is_day = (others == 0) & ((separator == '-') | (separator == '/')) & (tens <= 9) &
                      (ones <= 9) & (month - 1 < 12) & (day - 1 < length);
  // Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms"
  // (2022): years that begin in March, and 400 more of them so that none is negative.
  const std::uint32_t is_before_march = month <= 2;
  const std::uint32_t march_year = year + 400 - is_before_march;
  const std::uint32_t century = march_year / 100;
  const std::uint32_t march_day = (979 * (month + 12 * is_before_march) - 2919) / 32 + day - 1;
  const auto days =
      static_cast<std::int32_t>(1461 * march_year / 4 - century + century / 4 + march_day);
  constexpr std::int32_t kDaysOf1970 = 719'468 + 146'097;
  return is_day ? days - kDaysOf1970 : kNoDay;
}

/// The same of the text at `text`. REQUIRES: kDayBytes may be read there.
inline std::int32_t ReadDay(const char* text) {
  const DayText bytes = LoadDay(text);
  return ReadDay(bytes.first, bytes.last);
}

}  // namespace reeve::contract
