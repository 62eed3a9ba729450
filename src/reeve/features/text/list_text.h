#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reeve::features {

/// Replaces `out` by the values of a list that is kept as JSON text, with blanks between them: what
/// stood in quotes without these and without escapes, numbers and words as they are, members of
/// objects by name and value. Gives how many elements the list has. A text that is no list is one
/// element, as it stands; "" has none. Takes any bytes.
std::int64_t FlattenList(std::string_view json, std::string& out);

}  // namespace reeve::features
