#include "reeve/inference/category_list.h"

#include <algorithm>
#include <cassert>

#include "reeve/base/wide_loops.h"

namespace reeve::inference {
namespace {

using contract::TextHead;

// Texts of a call: their heads and sizes, each side by side, and the numbers found so far.
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
    found->numbers[row] = ~std::uint64_t{0};
  }
}

REEVE_LOOP void FindOne(const TextHead& head, std::uint64_t size, std::uint64_t number,
                        std::size_t rows, Found* found) {
  const std::uint64_t first = head.first, last = head.last;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t others =
        (found->firsts[row] ^ first) | (found->lasts[row] ^ last) | (found->sizes[row] ^ size);
    found->numbers[row] = others == 0 ? number : found->numbers[row];
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
  // Backwards: of equal texts the first counts.
  for (std::size_t i = count; i-- > 0;) FindOne(entries[i].head, entries[i].size, i, rows, &found);
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
