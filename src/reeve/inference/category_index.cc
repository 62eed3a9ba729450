#include "reeve/inference/category_index.h"

#include <algorithm>
#include <bit>

namespace reeve::inference {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t LoadWord(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Lists up to that long are worth a search for a table without collisions, in twice the memory.
constexpr std::size_t kMostShortList = 64;
constexpr int kMultipliers = 100;
constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;

}  // namespace

// Folds eight bytes a step by one wide multiplication each.
CategoryIndex::Key CategoryIndex::LongKey(std::string_view text) {
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = left;
  for (; left > 8; left -= 8, at += 8) hash = Mix(hash ^ LoadWord(at), kGolden);
  return {hash, LoadWord(at + left - 8)};
}

std::size_t CategoryIndex::Fill(const std::vector<std::string>& texts) {
  std::fill(slots_.begin(), slots_.end(), Slot());
  bytes_.clear();
  std::size_t strays = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (Find(texts[i]) != kUnknown) continue;
    const Key key = texts[i].size() <= Key::kBytes ? Key::Of(texts[i]) : LongKey(texts[i]);
    std::size_t at = Home(key);
    strays += slots_[at].number != kUnknown ? 1 : 0;
    while (slots_[at].number != kUnknown) at = (at + 1) & mask_;
    slots_[at] = {.key = key,
                  .begin = static_cast<std::uint32_t>(bytes_.size()),
                  .size = static_cast<std::uint32_t>(texts[i].size()),
                  .number = static_cast<std::int32_t>(i)};
    bytes_ += texts[i];
  }
  return strays;
}

CategoryIndex::CategoryIndex(const std::vector<std::string>& texts) : multiplier_(kGolden) {
  const bool is_short = texts.size() <= kMostShortList;
  slots_.resize(std::bit_ceil((is_short ? 4 : 2) * texts.size() + 2));
  mask_ = slots_.size() - 1;
  for (int tried = 1; Fill(texts) > 0 && is_short && tried < kMultipliers; ++tried)
    multiplier_ = Mix(multiplier_, kGolden) | 1;
}

}  // namespace reeve::inference
