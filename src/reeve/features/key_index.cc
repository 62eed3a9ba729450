#include "reeve/features/key_index.h"

namespace reeve::features {

void KeyIndex::Grow() {
  std::vector<Slot> before(slots_.size() * 2);
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.position == kAbsent) continue;
    std::size_t at = Hash(slot.key);
    while (slots_[at & (slots_.size() - 1)].position != kAbsent) ++at;
    slots_[at & (slots_.size() - 1)] = slot;
  }
}

std::uint32_t KeyIndex::Add(std::uint64_t key) {
  if ((size_ + 1) * std::size_t{2} > slots_.size()) Grow();
  for (std::size_t at = Hash(key);; ++at) {
    Slot& slot = slots_[at & (slots_.size() - 1)];
    if (slot.position == kAbsent) slot = {.key = key, .position = size_++};
    if (slot.key == key) return slot.position;
  }
}

}  // namespace reeve::features
