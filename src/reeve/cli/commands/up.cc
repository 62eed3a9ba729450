#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/cli/commands/scoring_options.h"
#include "reeve/cli/commands/server_address.h"
#include "reeve/cli/commands/tracking_options.h"
#include "reeve/server/up_service.h"

namespace reeve::cli {
namespace {

Result<server::UpServiceOptions> ReadOptions(const Call& call) {
  const Arguments& arguments = call.arguments;
  REEVE_ASSIGN_OR_RETURN(server::TrackingOptions tracking, ReadTracking(arguments));
  REEVE_RETURN_IF_ERROR(
      ReadTokens(arguments, "token-score", server::Role::kScore, tracking.access.tokens));
  REEVE_ASSIGN_OR_RETURN(server::ScoringOptions scoring, ReadScoring(arguments));
  server::UpServiceOptions options{.tracking = std::move(tracking), .scoring = std::move(scoring)};
  REEVE_RETURN_IF_ERROR(ReadMlflowAddress(arguments, options.transport));
  REEVE_RETURN_IF_ERROR(ReadTransport(call, options.transport));
  REEVE_RETURN_IF_ERROR(ReadAccessLog(arguments, options.access_log));
  return options;
}

std::string Serves(const std::vector<std::string>& served, const std::vector<std::string>& asked) {
  if (!served.empty()) return Join(served, ", ");
  return asked.empty() ? "no model yet; those that get the alias champion are served"
                       : "no model yet; waits for " + Join(asked, ", ");
}

}  // namespace

Result<int> RunUp(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const server::UpServiceOptions options, ReadOptions(call));
  KeepFilesPrivate();
  REEVE_ASSIGN_OR_RETURN(const auto service, server::UpService::Start(options));
  const std::string address = service->address();
  call.console.Say(
      "Tracking and scoring at " + address + "\n  export MLFLOW_TRACKING_URI=" + address +
      "\n  serves " + Serves(service->models(), call.arguments.positionals()) + "\n  form " +
      address + "/form   API " + address + "/docs   metrics " + service->metrics_address() + "\n");
  REEVE_RETURN_IF_ERROR(service->Run(call.cancellation));
  call.console.Say("Stopped; every request that had begun was answered\n");
  return 0;
}

}  // namespace reeve::cli
