#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reeve {

/// `text` without leading and trailing blanks (space, tab, CR, LF, VT, FF, and the no-break space
/// U+00A0). The view points into `text`.
std::string_view Trim(std::string_view text);

/// ASCII lower case; other bytes are left alone.
std::string ToLower(std::string_view text);

/// Joins with `separator` between elements.
std::string Join(const std::vector<std::string>& parts, std::string_view separator);

/// Splits at every `separator`; "a,,b" gives three parts, "" gives one empty part.
std::vector<std::string> Split(std::string_view text, char separator);

/// `text` between double quotes and fit for a one-line message: control characters, other line
/// breaks and bytes that are no UTF-8 escaped, cut to about `max_bytes` (at a UTF-8 boundary) with
/// "…" behind.
std::string Quote(std::string_view text, std::size_t max_bytes = 80);

/// True when every byte sequence is well-formed UTF-8 (no surrogates, no overlong forms).
bool IsUtf8(std::string_view text);

/// 1234567 -> "1,234,567".
std::string GroupDigits(long long value);

}  // namespace reeve
