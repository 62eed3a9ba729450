#include "reeve/inference/category_list.h"

#include <algorithm>
#include <cassert>

#include "reeve/contract/text_lanes.h"

namespace reeve::inference {
namespace {

using contract::TextHead;

template <typename Entry>
std::uint64_t FindPlainly(std::span<const Entry> entries, std::span<const std::string_view> texts,
                          const TextHead* heads, std::int32_t* numbers) {
  std::uint64_t unknown = 0;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
      return entry.head == heads[row] && entry.size == texts[row].size();
    });
    const bool is_known = found != entries.end();
    numbers[row] = is_known ? static_cast<std::int32_t>(found - entries.begin()) : -1;
    unknown |= std::uint64_t{!is_known} << row;
  }
  return unknown;
}

#ifdef REEVE_WIDE
// The same, eight at a time: they stay in registers while all entries pass by.
template <typename Entry>
REEVE_WIDE std::uint64_t FindWide(std::span<const Entry> entries,
                                  std::span<const std::string_view> texts, const TextHead* heads,
                                  std::int32_t* numbers) {
  std::uint64_t unknown = 0;
  for (std::size_t row = 0; row < texts.size(); row += kWideLanes) {
    const std::size_t left = texts.size() - row;
    const contract::WideTexts wide = contract::LoadTexts(texts.data() + row, heads + row, left);
    __m512i found = _mm512_set1_epi64(-1);
    // Backwards: of equal texts the first counts.
    for (std::size_t i = entries.size(); i-- > 0;) {
      const Entry& entry = entries[i];
      const __m512i others = (wide.firsts ^ static_cast<long long>(entry.head.first)) |
                             (wide.lasts ^ static_cast<long long>(entry.head.last)) |
                             (wide.sizes ^ static_cast<long long>(entry.size));
      found = _mm512_mask_mov_epi64(found, _mm512_testn_epi64_mask(others, others),
                                    _mm512_set1_epi64(static_cast<long long>(i)));
    }
    const __mmask8 lanes = LanesOf(left);
    _mm256_mask_storeu_epi32(numbers + row, lanes, _mm512_cvtepi64_epi32(found));
    unknown |= std::uint64_t{_mm512_mask_cmplt_epi64_mask(lanes, found, _mm512_setzero_si512())}
               << row;
  }
  return unknown;
}
#endif

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
  const std::span<const Entry> entries(entries_);
#ifdef REEVE_WIDE
  if (HasWideVectors()) return FindWide(entries, texts, heads.data(), numbers);
#endif
  return FindPlainly(entries, texts, heads.data(), numbers);
}

}  // namespace reeve::inference
