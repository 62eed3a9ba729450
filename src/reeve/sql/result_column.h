#pragma once

#include <string>

namespace reeve::sql {

/// The type of a result's column, as far as a reader of any table cares.
enum class ResultType {
  kBoolean,
  /// Whole numbers that a double holds.
  kInteger,
  /// Whole numbers of 64 bits.
  kLong,
  /// Decimals of any number of digits.
  kDecimal,
  kReal,
  /// Dates, and times with a date.
  kTime,
  /// Texts, what is read as text, and what has no type of its own.
  kOther,
};

struct ResultColumn {
  std::string name;
  ResultType type = ResultType::kOther;
};

}  // namespace reeve::sql
