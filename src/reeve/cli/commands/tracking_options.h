#pragma once

#include <string>
#include <string_view>

#include "reeve/base/result.h"
#include "reeve/cli/command.h"
#include "reeve/server/tracking_part.h"
#include "reeve/server/transport.h"

namespace reeve::cli {

/// The text of an option, or else of the variable that MLflow's server takes for it; likewise a
/// flag.
std::string TextOr(const Arguments& arguments, std::string_view option, const char* variable);
bool FlagOr(const Arguments& arguments, std::string_view option, const char* variable);
/// --host and --port, or else MLFLOW_HOST and MLFLOW_PORT.
Status ReadMlflowAddress(const Arguments& arguments, server::TransportOptions& transport);
/// What both commands that track, `server` and `up`, keep where and open to whom.
Result<server::TrackingOptions> ReadTracking(const Arguments& arguments);

}  // namespace reeve::cli
