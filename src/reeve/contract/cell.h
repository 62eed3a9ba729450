#pragma once

#include <cstdint>
#include <string_view>

namespace reeve::contract {

/// One field of one row as a caller gave it. Text is read by the contract exactly as a field of a
/// CSV file is (blanks trimmed, missing texts, numeric texts); a number given for a category is
/// looked up by its shortest text.
struct Cell {
  enum class Kind : std::uint8_t { kMissing, kNumber, kBoolean, kText, kSeconds };
  Kind kind = Kind::kMissing;
  /// kNumber: its value, finite; kBoolean: 1 or 0; kSeconds: a date as seconds since 1970-01-01
  /// UTC, finite, which no text spells: for callers that hold dates as numbers.
  double number = 0;
  /// kText: not owned; has to live as long as the call that it is given to.
  std::string_view text = {};
};

}  // namespace reeve::contract
