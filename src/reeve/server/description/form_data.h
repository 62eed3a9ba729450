#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reeve::server {

/// Names and values of a form or of a query, in their order; a name may come several times.
using FormData = std::vector<std::pair<std::string, std::string>>;

/// Reads `application/x-www-form-urlencoded` (WHATWG URL, section 5): pairs between "&", "+" is a
/// blank, "%41" a byte. Never fails: a "%" without two hexadecimal digits stands for itself.
FormData ParseFormData(std::string_view text);

/// The first value of that name.
std::optional<std::string_view> FindValue(const FormData& data, std::string_view name);

/// `text` as a value of a query, percent-encoded but for letters, digits and "-._~".
std::string EncodeQueryValue(std::string_view text);

}  // namespace reeve::server
