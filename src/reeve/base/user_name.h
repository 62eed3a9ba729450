#pragma once

#include <string>

namespace reeve {

/// The user of the operating system that this process works for; "unknown" when it has no name.
std::string UserName();

}  // namespace reeve
