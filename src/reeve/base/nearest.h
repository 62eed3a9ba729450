#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reeve {

/// The candidate that `word` was most likely meant to be, by Damerau-Levenshtein distance without
/// regard to case; nothing when none is near (more than a third of the letters differ; one may
/// differ in words of two). Among equals the first wins.
std::optional<std::string> Nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

/// The end of an error message: ` Did you mean "x"?` when something is near, else
/// ` Valid: a, b, c.` with at most eight candidates, else nothing.
std::string Suggest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace reeve
