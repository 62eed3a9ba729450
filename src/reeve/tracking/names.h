#pragma once

#include <string>

#include "reeve/base/status.h"

namespace reeve::tracking {

/// Whether a registered model may be called so: not blank, at most 256 bytes, no "/", ":" or
/// control characters, not "." or "..". MLflow's rules; kInvalidArgument otherwise.
Status CheckModelName(const std::string& name);

/// Whether an alias may be called so: letters, digits, "_" and "-", at most 255 bytes, neither
/// "latest" nor "v" and a number, which mean versions. MLflow's rules; kInvalidArgument otherwise.
Status CheckAlias(const std::string& alias);

}  // namespace reeve::tracking
