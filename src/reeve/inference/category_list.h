#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/contract/text_head.h"

namespace reeve::inference {

/// A few short texts and their numbers, as those of most categories are: each of them is compared
/// with many texts side by side, which with wide vectors is less work than a search for each text
/// (CategoryIndex). Immutable; safe to use from many threads.
class CategoryList {
 public:
  /// Longer lists, or those with longer texts, are not taken.
  static constexpr std::size_t kMostTexts = 16, kMostBytes = contract::TextHead::kBytes;
  /// Texts of one call at most.
  static constexpr std::size_t kMostRows = 64;

  /// Whether these can be a list, and this processor is fast at it.
  static bool Takes(std::span<const std::string> texts);

  CategoryList() = default;
  /// texts[i] gets the number i; of equal texts the first counts. REQUIRES: not too many or too
  /// long.
  explicit CategoryList(std::span<const std::string> texts);

  bool empty() const { return entries_.empty(); }
  /// The numbers of texts with these heads, -1 for those that are not in the list. Gives the bits
  /// of these, the first text's lowest.
  std::uint64_t Find(std::span<const std::string_view> texts,
                     std::span<const contract::TextHead> heads, std::int32_t* numbers) const;

 private:
  struct Entry {
    contract::TextHead head;
    std::uint64_t size = 0;
  };
  std::vector<Entry> entries_;
};

}  // namespace reeve::inference
