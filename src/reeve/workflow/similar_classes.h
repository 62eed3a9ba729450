#pragma once

#include <string>
#include <utility>
#include <vector>

namespace reeve::workflow {

/// Pairs of classes that look like one class in two spellings, in the order of `classes`: "Yes" and
/// "yes", "1" and "true", "0" and "no". A table that was put together from two sources has them.
std::vector<std::pair<std::string, std::string>> SimilarClasses(
    const std::vector<std::string>& classes);

}  // namespace reeve::workflow
