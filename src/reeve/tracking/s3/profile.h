#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace reeve::tracking {

/// One section of ~/.aws/credentials or ~/.aws/config: "[name]", then "key = value" lines. Keys in
/// lower case; comments (# and ;) and settings that are nested (indented) are left out. Nothing
/// when there is no such section; of keys that come twice the last counts.
std::optional<std::map<std::string, std::string>> FindProfile(std::string_view text,
                                                              std::string_view section);

}  // namespace reeve::tracking
