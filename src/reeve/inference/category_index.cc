#include "reeve/inference/category_index.h"

#include <bit>
#include <cstring>

namespace reeve::inference {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <typename T>
std::uint64_t Load(const char* from) {
  T word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Folds eight bytes a step by one wide multiplication each. The list is fixed when the model is
// trained, so nobody can choose texts to crowd it.
std::uint64_t Hash(std::string_view text) {
  constexpr std::uint64_t kA = 0x9E3779B97F4A7C15ULL, kB = 0xD1B54A32D192ED03ULL;
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = kB ^ left;
  for (; left > 8; left -= 8, at += 8) hash = Mix(hash ^ Load<std::uint64_t>(at), kA);
  std::uint64_t last = 0;
  if (left == 8) {
    last = Load<std::uint64_t>(at);
  } else if (left >= 4) {
    last = Load<std::uint32_t>(at) | Load<std::uint32_t>(at + left - 4) << 32;
  } else if (left > 0) {
    last = Load<std::uint8_t>(at) | Load<std::uint8_t>(at + left / 2) << 8 |
           Load<std::uint8_t>(at + left - 1) << 16;
  }
  return Mix(hash ^ last, kA);
}

}  // namespace

CategoryIndex::CategoryIndex(const std::vector<std::string>& texts)
    : slots_(std::bit_ceil(2 * texts.size() + 2)) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (Find(texts[i]) != kUnknown) continue;
    const std::uint64_t hash = Hash(texts[i]);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].number != kUnknown) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {.hash = hash,
                  .begin = static_cast<std::uint32_t>(bytes_.size()),
                  .size = static_cast<std::uint32_t>(texts[i].size()),
                  .number = static_cast<std::int32_t>(i)};
    bytes_ += texts[i];
  }
}

std::int32_t CategoryIndex::Find(std::string_view text) const {
  const std::uint64_t hash = Hash(text);
  for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.number == kUnknown) return kUnknown;
    if (slot.hash == hash && slot.size == text.size() &&
        std::memcmp(bytes_.data() + slot.begin, text.data(), text.size()) == 0) {
      return slot.number;
    }
  }
}

}  // namespace reeve::inference
