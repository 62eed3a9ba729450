#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::features {

/// A formula over number columns, compiled to a list of operations on a stack.
///
///     loan_amount / ("annual income" + 1)       log(balance) ^ 2       max(a, b) - hour(booked)
///
/// + - * / ^ (which binds tightest and from the right), unary minus, parentheses, numbers, columns
/// (bare: letters, digits, _ and .; others in double quotes, a quote inside doubled) and the
/// functions log exp sqrt abs min max year month day weekday hour. Whatever has no finite value
/// (division by 0, log of a negative, a missing operand) is missing. Immutable.
class Expression {
 public:
  /// Rows evaluated at a time at most.
  static constexpr std::size_t kMostRows = 64;
  /// Columns of one expression at most.
  static constexpr std::size_t kMostColumns = 16;

  /// Fails with kInvalidArgument naming the place (1-based) and what was expected there.
  static Result<Expression> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  /// Distinct, in order of appearance; at least one.
  const std::vector<std::string>& columns() const { return columns_; }
  /// `values[j]` are `rows` values of columns()[j], NaN = missing. Allocates nothing.
  /// REQUIRES: rows <= kMostRows.
  void Evaluate(std::span<const double* const> values, std::size_t rows, double* out) const;

 private:
  friend class ExpressionParser;

  enum class Code : std::uint8_t {
    kNumber,
    kColumn,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kPower,
    kMinimum,
    kMaximum,
    kNegate,
    kLog,
    kExp,
    kSqrt,
    kAbs,
    kYear,
    kMonth,
    kDay,
    kWeekday,
    kHour
  };
  struct Operation {
    Code code = Code::kNumber;
    double number = 0;
    std::size_t column = 0;
  };

  static double Unary(Code code, double x);
  static double Binary(Code code, double x, double y);

  std::string text_;
  std::vector<std::string> columns_;
  std::vector<Operation> operations_;
};

/// A column computed from others.
struct Derived {
  std::string name;
  /// See Expression.
  std::string expression;

  bool operator==(const Derived&) const = default;
};

/// Reads "name = expression", or an expression alone, which is its own name.
Result<Derived> ParseDerived(std::string_view text);

/// A column's name as it stands in an expression: quoted where it has to be.
std::string QuoteColumn(std::string_view name);

}  // namespace reeve::features
