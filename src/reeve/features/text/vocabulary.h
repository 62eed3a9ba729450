#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::features {

/// Distinct terms in one block of memory, found by their bytes. What a Vocabulary and the counting
/// of terms are made of. Thread-compatible.
class TermTable {
 public:
  static constexpr std::int32_t kUnknown = -1;

  TermTable() : slots_(kFirstSlots) {}

  /// The number of a term, in order of insertion; kUnknown.
  std::int32_t Find(std::string_view term) const;
  /// The number of a term, which is added when it is not there.
  /// REQUIRES: fewer than 2^31 terms.
  std::int32_t Insert(std::string_view term);
  std::int32_t size() const { return static_cast<std::int32_t>(offsets_.size()) - 1; }
  std::string_view term(std::int32_t number) const {
    const auto i = static_cast<std::size_t>(number);
    return std::string_view(bytes_).substr(offsets_[i], offsets_[i + 1] - offsets_[i]);
  }
  /// Bytes of all terms.
  std::size_t bytes() const { return bytes_.size(); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::int32_t number = kUnknown;
  };
  static constexpr std::size_t kFirstSlots = 64;  // a power of two, as ever

  static std::uint64_t Hash(std::string_view term);
  std::size_t SlotOf(std::string_view term, std::uint64_t hash) const;
  void Grow();

  std::vector<Slot> slots_;
  std::vector<std::size_t> offsets_{0};
  std::string bytes_;
};

/// How many of the rows that it has seen hold each term.
class RowCounts {
 public:
  /// `most_terms` bounds the memory: when more distinct terms came, those of one row are forgotten
  /// (and then those of two, …), and count from nothing if they come again.
  explicit RowCounts(std::int32_t most_terms) : most_terms_(most_terms) {}

  /// Between rows; terms of one row are counted once.
  void NextRow();
  void Take(std::string_view term);
  std::int64_t rows() const { return row_; }

  struct Entry {
    std::string_view term;
    std::int64_t rows = 0;
  };
  /// The `most` terms of the most rows with at least `min_rows`, ties by the bytes of the term;
  /// sorted by these bytes. The views live until the next call of another member.
  std::vector<Entry> Choose(std::int64_t min_rows, std::size_t most) const;

 private:
  struct Count {
    std::int64_t rows = 0, last_row = -1;
  };
  void Forget();

  std::int32_t most_terms_;
  std::int64_t row_ = 0;
  TermTable terms_;
  std::vector<Count> counts_;
};

}  // namespace reeve::features
