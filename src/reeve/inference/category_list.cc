#include "reeve/inference/category_list.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "reeve/base/wide_loops.h"

namespace reeve::inference {
namespace {

using contract::TextHead;

// Texts of a call: their heads and sizes, each side by side, and the numbers found. What stands
// behind the last text does not matter.
struct Found {
  std::uint64_t firsts[CategoryList::kMostRows], lasts[CategoryList::kMostRows];
  std::uint64_t sizes[CategoryList::kMostRows], numbers[CategoryList::kMostRows];
};

REEVE_LOOP void Spread(const std::string_view* texts, const TextHead* heads, std::size_t rows,
                       Found* __restrict found) {
  for (std::size_t row = 0; row < rows; ++row) {
    found->firsts[row] = heads[row].first;
    found->lasts[row] = heads[row].last;
    found->sizes[row] = texts[row].size();
  }
}

// As vectors, so that eight texts stay in registers while all entries pass by.
template <typename Entry>
REEVE_LOOP void FindEach(const Entry* entries, std::size_t count, std::size_t rows, Found* found) {
  using Lanes = std::uint64_t __attribute__((vector_size(64)));
  for (std::size_t row = 0; row < rows; row += 8) {
    Lanes firsts, lasts, sizes;
    std::memcpy(&firsts, found->firsts + row, sizeof firsts);
    std::memcpy(&lasts, found->lasts + row, sizeof lasts);
    std::memcpy(&sizes, found->sizes + row, sizeof sizes);
    Lanes numbers = ~Lanes{};
    // Backwards: of equal texts the first counts.
    for (std::uint64_t i = count; i-- > 0;) {
      const Lanes others = (firsts ^ entries[i].head.first) | (lasts ^ entries[i].head.last) |
                           (sizes ^ entries[i].size);
      numbers = others == 0 ? Lanes{} + i : numbers;
    }
    std::memcpy(found->numbers + row, &numbers, sizeof numbers);
  }
}

REEVE_LOOP std::uint64_t Tell(const Found* found, std::size_t rows,
                              std::int32_t* __restrict numbers) {
  std::uint64_t unknown = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t number = found->numbers[row];
    numbers[row] = static_cast<std::int32_t>(number);
    unknown |= kRowBits[row] & (0 - (number >> 63));
  }
  return unknown;
}

template <typename Entry>
REEVE_LOOP std::uint64_t FindAll(const Entry* entries, std::size_t count,
                                 const std::string_view* texts, const TextHead* heads,
                                 std::size_t rows, std::int32_t* numbers) {
  Found found;
  Spread(texts, heads, rows, &found);
  FindEach(entries, count, rows, &found);
  return Tell(&found, rows, numbers);
}

}  // namespace

bool CategoryList::Takes(std::span<const std::string> texts) {
  return HasWideVectors() && texts.size() <= kMostTexts &&
         std::all_of(texts.begin(), texts.end(),
                     [](const std::string& text) { return text.size() <= kMostBytes; });
}

CategoryList::CategoryList(std::span<const std::string> texts) {
  for (const std::string& text : texts) entries_.push_back({TextHead::Of(text), text.size()});
}

std::uint64_t CategoryList::Find(std::span<const std::string_view> texts,
                                 std::span<const TextHead> heads, std::int32_t* numbers) const {
  assert(texts.size() <= kMostRows && heads.size() == texts.size());
  return RunLoop<FindAll<Entry>>(entries_.data(), entries_.size(), texts.data(), heads.data(),
                                 texts.size(), numbers);
}

}  // namespace reeve::inference
