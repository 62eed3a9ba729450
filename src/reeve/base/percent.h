#pragma once

#include <string>
#include <string_view>

namespace reeve {

/// 0 to 15 for a hexadecimal digit of either case, else -1.
int HexDigit(char c);

/// `text` with each %XX replaced by the byte it stands for (RFC 3986). What is no escape stays as
/// it is; whoever has to refuse such texts looks at them first.
std::string PercentDecode(std::string_view text);

/// The same for values of forms and queries, where a plus is a blank.
std::string DecodeFormValue(std::string_view text);

}  // namespace reeve
