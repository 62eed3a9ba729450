#include "reeve/features/text/unicode.h"

#include <algorithm>
#include <array>

#include "reeve/features/text/unicode_tables.h"

namespace reeve::features {
namespace {

constexpr char32_t kFirstBeyondAscii = 0x80;

// The range that may hold `character`, or null.
template <typename Range>
const Range* FindRange(std::span<const Range> ranges, char32_t character) {
  const auto behind =
      std::upper_bound(ranges.begin(), ranges.end(), character,
                       [](char32_t value, const Range& range) { return value < range.first; });
  if (behind == ranges.begin()) return nullptr;
  const Range& range = *(behind - 1);
  return character <= range.last ? &range : nullptr;
}

// Bytes of the character that starts with `lead`, 0 where none starts; and its smallest value, as
// longer forms than needed are no UTF-8.
struct Form {
  std::size_t bytes = 0;
  char32_t lead_bits = 0, smallest = 0;
};

Form FormOf(unsigned char lead) {
  if (lead >= 0xC2 && lead < 0xE0) return {2, lead & 0x1FU, 0x80};
  if (lead >= 0xE0 && lead < 0xF0) return {3, lead & 0x0FU, 0x800};
  if (lead >= 0xF0 && lead < 0xF5) return {4, lead & 0x07U, 0x10000};
  return {};
}

}  // namespace

char32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < kFirstBeyondAscii) return lead;
  const Form form = FormOf(lead);
  if (form.bytes == 0 || text.size() - at < form.bytes - 1) return kNoCharacter;
  char32_t character = form.lead_bits;
  for (std::size_t i = 0; i + 1 < form.bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0U) != 0x80U) return kNoCharacter;
    character = (character << 6U) | (byte & 0x3FU);
  }
  const bool is_surrogate = character >= 0xD800 && character < 0xE000;
  if (character < form.smallest || character > 0x10FFFF || is_surrogate) return kNoCharacter;
  at += form.bytes - 1;
  return character;
}

void AppendCharacter(char32_t character, std::string& out) {
  const auto append = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (character < 0x80) return append(character);
  if (character < 0x800) {
    append(0xC0U | (character >> 6U));
  } else {
    if (character < 0x10000) {
      append(0xE0U | (character >> 12U));
    } else {
      append(0xF0U | (character >> 18U));
      append(0x80U | ((character >> 12U) & 0x3FU));
    }
    append(0x80U | ((character >> 6U) & 0x3FU));
  }
  append(0x80U | (character & 0x3FU));
}

bool IsWordCharacter(char32_t character) {
  if (character < kFirstBeyondAscii) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '_';
  }
  return FindRange(WordRanges(), character) != nullptr;
}

bool IsBlank(char32_t character) {
  if (character < kFirstBeyondAscii)
    return character == ' ' || (character >= 9 && character <= 13) ||
           (character >= 28 && character <= 31);
  return FindRange(BlankRanges(), character) != nullptr;
}

char32_t LowerCase(char32_t character) {
  if (character < kFirstBeyondAscii)
    return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
  const LowerRange* const range = FindRange(LowerRanges(), character);
  if (range == nullptr || (character - range->first) % range->step != 0) return character;
  return static_cast<char32_t>(static_cast<std::int64_t>(character) + range->delta);
}

}  // namespace reeve::features
