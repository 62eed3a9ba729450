#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace reeve::contract {

/// The first bytes of a text, zeros behind them: with its size all of a short one, as two words
/// that are compared without a loop and without looking at the text, wherever that is. Longer
/// texts may share theirs.
struct TextHead {
  /// Texts of at most so many bytes are told apart by head and size.
  static constexpr std::size_t kBytes = 16;

  /// Bytes 0 to 7 and 8 to 15, the first of each lowest.
  std::uint64_t first = 0, last = 0;

  /// Touches no byte around `text`.
  static TextHead Of(std::string_view text) {
    const char* const at = text.data();
    const std::size_t size = text.size();
    if (size >= kBytes) return {Load<std::uint64_t>(at), Load<std::uint64_t>(at + 8)};
    // The last bytes overlap the first ones; what was read twice is shifted out.
    if (size > 8)
      return {Load<std::uint64_t>(at), Load<std::uint64_t>(at + size - 8) >> (8 * (16 - size))};
    if (size == 8) return {Load<std::uint64_t>(at), 0};
    if (size >= 4)
      return {Load<std::uint32_t>(at) | Load<std::uint32_t>(at + size - 4) << (8 * (size - 4)), 0};
    if (size == 0) return {};
    return {Load<std::uint8_t>(at) | Load<std::uint8_t>(at + size / 2) << (8 * (size / 2)) |
                Load<std::uint8_t>(at + size - 1) << (8 * (size - 1)),
            0};
  }
  bool operator==(const TextHead&) const = default;

 private:
  template <typename T>
  static std::uint64_t Load(const char* from) {
    T word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }
};

}  // namespace reeve::contract
