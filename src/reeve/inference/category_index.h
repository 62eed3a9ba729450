#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::inference {

/// From a text to its number among a fixed list of distinct texts: one hash, seldom more than one
/// comparison, no allocation. Immutable; safe to use from many threads.
class CategoryIndex {
 public:
  /// What Find gives for a text that is not in the list.
  static constexpr std::int32_t kUnknown = -1;

  CategoryIndex() : CategoryIndex(std::vector<std::string>()) {}
  /// texts[i] gets the number i; of equal texts the first counts.
  explicit CategoryIndex(const std::vector<std::string>& texts);

  std::int32_t Find(std::string_view text) const;

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t begin = 0, size = 0;
    std::int32_t number = kUnknown;
  };

  // A power of two, at most half full, so that every search ends soon at an empty slot.
  std::vector<Slot> slots_;
  std::string bytes_;
};

}  // namespace reeve::inference
