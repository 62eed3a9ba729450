#pragma once

#include <string_view>

namespace reeve {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

/// Sets what is written to stderr from now on. Default: kWarning. Thread-safe.
void SetLogLevel(LogLevel level);

/// Writes one line with time and level to stderr. No secrets, no rows of data. Thread-safe.
void Log(LogLevel level, std::string_view message);

}  // namespace reeve
