#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reeve {

/// The finite number that the whole of `text` spells: an optional sign (+ or -), decimal digits, an
/// optional fraction and exponent. No blanks, no hexadecimal, no separators; "inf" and "nan" are
/// not numbers. Values beyond the range of a double give ±the largest double, below it 0.
std::optional<double> ParseNumber(std::string_view text);

/// The integer that the whole of `text` spells in decimal, if it fits in 64 bits.
std::optional<std::int64_t> ParseInteger(std::string_view text);

/// The shortest text that reads back as exactly `value`; integers below 2^53 without a point or an
/// exponent. REQUIRES: finite.
std::string FormatNumber(double value);

/// Appends FormatNumber(value) to `out` without a temporary.
void AppendNumber(double value, std::string& out);

/// Appends the shortest text that reads back as exactly `value` and is a real to those who tell
/// integers from reals: always with a point or an exponent ("0.85", "1.0", "1e-05"). For answers
/// with many numbers: a third of the time of AppendNumber. REQUIRES: finite.
void AppendReal(double value, std::string& out);

}  // namespace reeve
