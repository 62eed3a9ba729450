#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/contract/text_head.h"

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
    return Find(text, contract::TextHead::Of(text));
  }
  /// The same for who knows the text's head.
  std::int32_t Find(std::string_view text, const contract::TextHead& head) const {
    const bool is_short = text.size() <= contract::TextHead::kBytes;
    const Key key = is_short ? head : LongKey(text);
    for (std::size_t at = Home(key);; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      // One jump for all of it: texts differ now here and now there.
      const bool is_found =
          (slot.key.first == key.first) & (slot.key.last == key.last) & (slot.size == text.size());
      if (is_found && (is_short || IsAt(slot, text))) return slot.number;
      if (slot.number == kUnknown) return kUnknown;
    }
  }

 private:
  // All of a short text, given its size; a hash of a long one.
  using Key = contract::TextHead;
  static constexpr std::uint32_t kNoSize = ~0U;
  struct Slot {
    Key key;
    std::uint32_t begin = 0, size = kNoSize;
    std::int32_t number = kUnknown;
  };

  static Key LongKey(std::string_view text);
  std::size_t Home(const Key& key) const {
    // The list is fixed when the model is trained: nobody can choose texts to crowd it.
    const std::uint64_t mixed = (key.first ^ (key.last * 0xD1B54A32D192ED03ULL)) * multiplier_;
    return (mixed >> 32) & mask_;
  }
  // Fills the table anew; gives how many texts do not stand at their home.
  std::size_t Fill(const std::vector<std::string>& texts);
  bool IsAt(const Slot& slot, std::string_view text) const {
    return std::memcmp(bytes_.data() + slot.begin, text.data(), text.size()) == 0;
  }

  // A power of two, at most half full, so that every search ends soon at an empty slot (number
  // kUnknown, size kNoSize).
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  // Odd; of a short list one for which each text is found at once.
  std::uint64_t multiplier_ = 0;
  std::string bytes_;
};

}  // namespace reeve::inference
