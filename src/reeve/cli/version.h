#pragma once

#include <string>

namespace reeve::cli {

/// "reeve 0.1.0 (g++ 12.2.0)\n".
std::string VersionText();

}  // namespace reeve::cli
