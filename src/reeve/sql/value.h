#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace reeve::sql {

/// A value for a placeholder that owns its text, for statements that are put together at run time.
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

/// A value for a placeholder that views its text: lives as long as the call it is given to.
using Parameter = std::variant<std::nullptr_t, std::int64_t, double, std::string_view>;

}  // namespace reeve::sql
