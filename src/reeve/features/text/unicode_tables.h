#pragma once

#include <cstdint>
#include <span>

namespace reeve::features {

// Sorted tables of characters from U+0080 on, made by tools/make_unicode_tables.

/// Characters first … last.
struct CharacterRange {
  char32_t first, last;
};

/// Each step-th character of first … last becomes itself + delta in lower case.
struct LowerRange {
  char32_t first, last;
  std::uint32_t step;
  std::int32_t delta;
};

std::span<const CharacterRange> WordRanges();
std::span<const CharacterRange> BlankRanges();
std::span<const LowerRange> LowerRanges();

}  // namespace reeve::features
