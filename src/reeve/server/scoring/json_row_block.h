#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "reeve/contract/cell_columns.h"
#include "reeve/server/scoring/json_scan.h"

namespace reeve::server {

/// A member of a row that others are like.
struct RowMember {
  static constexpr std::size_t kUnknown = static_cast<std::size_t>(-1);

  /// From the value before it, or the opening brace, to its own value; within the body.
  BytePattern before;
  std::string_view name;
  /// Of the contract, or kUnknown.
  std::size_t field = kUnknown;
  /// It names the row.
  bool is_key = false;
  /// A field and nothing else.
  bool is_plain = false;
};

/// Rows that are alike, read side by side: one member of all of them, then the next. Read one after
/// the other, each value waits until the one before it has told where it ends; side by side, they
/// do not wait for each other, and numbers are read by vectors.
///
/// Where rows begin is guessed: behind each bracket that looks like a row's last. A row whose
/// members end just there proves that the next one does begin there; if one does not, nothing was
/// read. Not thread-safe: one for each thread, reused.
class JsonRowBlock {
 public:
  static constexpr std::size_t kMostRows = 64;

  /// What all of them have.
  struct Shape {
    /// In their order, none of them a key. Not empty.
    std::span<const RowMember> members;
    /// From the last value of a row to the opening brace of the next; the bytes of
    /// members[0].before stand behind them.
    std::string_view gap;
  };

  /// Reads up to `most` rows, the first of which has its opening brace at `at`, into further rows
  /// of `cells`. Gives their number and moves `at` behind the last value of the last one. Zero when
  /// there are few, or when one of them is not like the shape or has values that are no plain
  /// texts, numbers or words; then nothing has changed.
  std::size_t Read(const Shape& shape, std::size_t most, const char* end, const char*& at,
                   contract::CellColumns& cells);

 private:
  bool Fits(const Shape& shape, const char* at, const char* end) const;
  std::size_t FindRows(const Shape& shape, std::size_t most, const char* at, const char* end);
  bool ReadMember(std::size_t member, const Shape& shape, const char* end,
                  const contract::CellColumns::Room& room);
  std::uint64_t ReadTexts(const contract::CellColumns::Room& room);
  std::uint64_t ReadNumbers(const contract::CellColumns::Room& room);
  bool ReadOdd(std::size_t row, const char* end, const contract::CellColumns::Room& room);
  bool TakeName(const BytePattern& name, const char* end, const contract::CellColumns::Room& room);
  bool TakeEnds(const char* end, const contract::CellColumns::Room& room);

  std::size_t rows_ = 0;
  /// Of each row: where the value that is being read begins and ends; where the row has to end.
  const char* at_[kMostRows];
  const char* behind_[kMostRows];
  const char* ends_[kMostRows];
  /// Where values of members go that are no fields.
  struct {
    contract::Cell::Kind kinds[kMostRows];
    double numbers[kMostRows];
    std::string_view texts[kMostRows];
    contract::TextHead heads[kMostRows];
  } ignored_;
};

}  // namespace reeve::server
