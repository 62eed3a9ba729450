#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::inference {

/// From a text to its number among a fixed list of distinct texts: one hash, seldom more than one
/// comparison, no allocation. Texts of up to sixteen bytes, as nearly all categories are, are
/// compared as two words, without a loop. Immutable; safe to use from many threads.
class CategoryIndex {
 public:
  /// What Find gives for a text that is not in the list.
  static constexpr std::int32_t kUnknown = -1;

  CategoryIndex() : CategoryIndex(std::vector<std::string>()) {}
  /// texts[i] gets the number i; of equal texts the first counts.
  explicit CategoryIndex(const std::vector<std::string>& texts);

  std::int32_t Find(std::string_view text) const {
    const bool is_short = text.size() <= kShortBytes;
    const Key key = is_short ? ShortKey(text) : LongKey(text);
    for (std::size_t at = Home(key);; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.number == kUnknown) return kUnknown;
      if (slot.key.first == key.first && slot.key.last == key.last && slot.size == text.size() &&
          (is_short || IsAt(slot, text)))
        return slot.number;
    }
  }

 private:
  static constexpr std::size_t kShortBytes = 16;

  // All of a short text, given its size; a hash of a long one.
  struct Key {
    std::uint64_t first = 0, last = 0;
  };
  struct Slot {
    Key key;
    std::uint32_t begin = 0, size = 0;
    std::int32_t number = kUnknown;
  };

  template <typename T>
  static std::uint64_t Load(const char* from) {
    T word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }
  // The first and the last bytes, which may overlap: no byte around the text is touched.
  static Key ShortKey(std::string_view text) {
    const char* const at = text.data();
    const std::size_t size = text.size();
    if (size >= 8) return {Load<std::uint64_t>(at), Load<std::uint64_t>(at + size - 8)};
    if (size >= 4) return {Load<std::uint32_t>(at), Load<std::uint32_t>(at + size - 4)};
    if (size == 0) return {};
    return {Load<std::uint8_t>(at) | Load<std::uint8_t>(at + size / 2) << 8,
            Load<std::uint8_t>(at + size - 1)};
  }
  static Key LongKey(std::string_view text);
  std::size_t Home(const Key& key) const {
    // The list is fixed when the model is trained: nobody can choose texts to crowd it.
    const std::uint64_t mixed =
        (key.first ^ (key.last * 0xD1B54A32D192ED03ULL)) * 0x9E3779B97F4A7C15ULL;
    return (mixed >> 32) & mask_;
  }
  bool IsAt(const Slot& slot, std::string_view text) const {
    return std::memcmp(bytes_.data() + slot.begin, text.data(), text.size()) == 0;
  }

  // A power of two, at most half full, so that every search ends soon at an empty slot.
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::string bytes_;
};

}  // namespace reeve::inference
