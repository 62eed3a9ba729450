#include "reeve/base/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "reeve/base/real_text.h"

namespace reeve {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// True when unsigned `digits`, which no double holds, are too small rather than too large: what
// counts is where the first digit that is not 0 stands, moved by the exponent.
bool IsTiny(std::string_view digits) {
  const std::size_t mark = digits.find_first_of("eE");
  const std::string_view mantissa = digits.substr(0, mark);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_not_of("0.");
  double power = static_cast<double>(point) - static_cast<double>(first);
  if (mark != std::string_view::npos) {
    const std::string_view exponent = digits.substr(mark + 1);
    const bool negative = exponent.starts_with('-');
    double size = 0;  // grows to infinity for an exponent of many digits, which is fine
    for (const char c : exponent) {
      if (IsDigit(c)) size = size * 10 + (c - '0');
    }
    power += negative ? -size : size;
  }
  return power < 0;
}

}  // namespace

std::optional<double> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  // from_chars also reads "inf" and "nan"; a number here starts with a digit, or with a point and
  // one.
  if (digits.empty()) return std::nullopt;
  const bool starts_well =
      IsDigit(digits[0]) || (digits[0] == '.' && digits.size() > 1 && IsDigit(digits[1]));
  if (!starts_well) return std::nullopt;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // from_chars does not say in which direction.
    value = IsTiny(digits) ? 0.0 : std::numeric_limits<double>::max();
    if (text.starts_with('-')) value = -value;
  }
  return value;
}

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error != std::errc() || text.empty()) return std::nullopt;
  return value;
}

void AppendNumber(double value, std::string& out) {
  char buffer[32];
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
  if (value == std::trunc(value) && std::abs(value) < kExactIntegers) {
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value)).ptr;
    out.append(buffer, end);
    return;
  }
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out.append(buffer, end);
}

void AppendReal(double value, std::string& out) {
  char buffer[kMostRealBytes];
  out.append(buffer, WriteReal(value, buffer));
}

std::string FormatNumber(double value) {
  std::string text;
  AppendNumber(value, text);
  return text;
}

}  // namespace reeve
