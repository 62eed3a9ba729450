#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reeve::report {

/// Texts as pages and pictures show them. Whatever stands in a table may stand in its column names
/// and categories: everything that came from data passes through Escape or EscapeMarkdown.

/// `text` fit for XML and HTML, as content and between quotes: & < > " ' escaped; control
/// characters, marks that turn the direction of writing and bytes that are no UTF-8 replaced, so
/// that a name cannot rearrange the page around it.
std::string Escape(std::string_view text);

/// `text` fit for a cell of a Markdown table: characters that mean something to Markdown or HTML
/// are escaped, line breaks become blanks.
std::string EscapeMarkdown(std::string_view text);

/// How many columns `text` is wide where wide characters (CJK, emoji) take two and combining marks
/// none.
std::size_t DisplayWidth(std::string_view text);

/// `text` and blanks up to `width` columns; one blank where it is as wide or wider.
std::string Padded(std::string text, std::size_t width);

/// At most about `most` columns of `text`, "…" standing for what was cut; no character is cut.
std::string Shorten(std::string_view text, std::size_t most);

/// Three or four significant digits, from 10,000 on with k, M, G, T: 0.25, 4711, 24.7k, 3.1e-05.
std::string ShortNumber(double value);
/// `digits` decimals, "–" for what is no number.
std::string Decimals(double value, int digits = 4);
/// 0.4217 -> "42.2 %".
std::string Percent(double share, int digits = 1);
/// "0.8123 to 0.8456".
std::string Range(double low, double high, int digits = 4);

}  // namespace reeve::report
