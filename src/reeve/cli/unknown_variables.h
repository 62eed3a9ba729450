#pragma once

#include <string>
#include <vector>

namespace reeve::cli {

/// A warning for each REEVE_… variable of `environment` ("NAME=value") that no option has and that
/// is near to one which an option has: a setting that was meant and does not count. Others stay
/// unmentioned, for they may be another program's: Kubernetes sets REEVE_SERVICE_HOST and more for
/// a service of the name "reeve". Values are never repeated.
std::vector<std::string> WarnOfUnknownVariables(const char* const* environment);

}  // namespace reeve::cli
