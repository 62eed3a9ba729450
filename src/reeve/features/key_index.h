#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reeve::features {

/// From a 64-bit key to its position in a list of distinct keys: one multiplication, seldom more
/// than one comparison. Immutable after it was filled; safe to read from many threads.
class KeyIndex {
 public:
  static constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

  KeyIndex() : slots_(2) {}

  /// The position of `key`, added at the end when it is new.
  std::uint32_t Add(std::uint64_t key);
  /// kAbsent for a key that was not added.
  std::uint32_t Find(std::uint64_t key) const {
    for (std::size_t at = Hash(key);; ++at) {
      const Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.position == kAbsent || slot.key == key) return slot.position;
    }
  }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t position = kAbsent;
  };

  static std::size_t Hash(std::uint64_t key) {
    key *= 0x9E3779B97F4A7C15ULL;
    return static_cast<std::size_t>(key ^ (key >> 32));
  }
  void Grow();

  // A power of two, at most half full.
  std::vector<Slot> slots_;
  std::uint32_t size_ = 0;
};

}  // namespace reeve::features
