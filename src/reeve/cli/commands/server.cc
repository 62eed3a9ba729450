#include <algorithm>
#include <thread>

#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/cli/commands/server_address.h"
#include "reeve/cli/commands/tracking_options.h"
#include "reeve/server/tracking_service.h"

namespace reeve::cli {
namespace {

// A call may wait for the database: more threads than cores keep the others answered meanwhile.
constexpr int kThreadsPerCore = 4;
constexpr int kMostThreads = 32;

// What `up` has no place for.
Status ReadLimits(const Arguments& arguments, server::TrackingOptions& tracking) {
  tracking.static_prefix = TextOr(arguments, "static-prefix", "MLFLOW_STATIC_PREFIX");
  tracking.artifacts_only = FlagOr(arguments, "artifacts-only", "MLFLOW_ARTIFACTS_ONLY");
  if (!tracking.artifacts_only || tracking.database_uri == server::TrackingOptions().database_uri)
    return Status::Ok();
  return Status::InvalidArgument("--backend-store-uri is " + Quote(tracking.database_uri, 60) +
                                 ", expected none: with --artifacts-only there is no database")
      .WithFix("leave one of the two out");
}

Result<server::TrackingServiceOptions> ReadOptions(const Call& call) {
  const Arguments& arguments = call.arguments;
  REEVE_ASSIGN_OR_RETURN(server::TrackingOptions tracking, ReadTracking(arguments));
  REEVE_RETURN_IF_ERROR(ReadLimits(arguments, tracking));
  server::TrackingServiceOptions options{.tracking = std::move(tracking)};
  REEVE_RETURN_IF_ERROR(ReadMlflowAddress(arguments, options.transport));
  REEVE_RETURN_IF_ERROR(ReadTransport(call, options.transport));
  if (options.transport.threads == 0) {
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    options.transport.threads = std::min(kMostThreads, kThreadsPerCore * cores);
  }
  REEVE_RETURN_IF_ERROR(ReadAccessLog(arguments, options.access_log));
  return options;
}

}  // namespace

Result<int> RunServer(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const server::TrackingServiceOptions options, ReadOptions(call));
  REEVE_ASSIGN_OR_RETURN(const auto service, server::TrackingService::Start(options));
  call.console.Say("Tracking at " + service->address() + "\n  export MLFLOW_TRACKING_URI=" +
                   service->address() + "\n  metrics " + service->metrics_address() + "\n");
  REEVE_RETURN_IF_ERROR(service->Run(call.cancellation));
  call.console.Say("Stopped; every request that had begun was answered\n");
  return 0;
}

}  // namespace reeve::cli
