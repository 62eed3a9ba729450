#pragma once

#include <string>

#include "reeve/base/result.h"

namespace reeve {

/// The value of an environment variable; empty when there is none.
std::string EnvironmentVariable(const char* name);

/// Whether a variable says "true" or "1", in any case; not set, "false" or "0" is no. Fails with
/// kInvalidArgument for anything else.
Result<bool> EnvironmentSwitch(const char* name);

/// The user's home folder: $HOME, else what the system knows; empty when that is no absolute path.
std::string HomeFolder();

}  // namespace reeve
