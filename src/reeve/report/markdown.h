#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reeve::report {

/// Lines of tables in Markdown. Cells are escaped.

/// "| a | b |".
std::string MarkdownRow(const std::vector<std::string>& cells);
/// The line below the headings: 'n' for a column of numbers, 't' for one of texts.
std::string MarkdownRule(std::string_view kinds);

}  // namespace reeve::report
