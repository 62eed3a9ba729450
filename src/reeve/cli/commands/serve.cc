#include <cstdlib>

#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/cli/commands/scoring_options.h"
#include "reeve/cli/commands/server_address.h"
#include "reeve/server/service.h"

namespace reeve::cli {
namespace {

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A flag, variable or file of the user's, then what a cloud sets for its containers.
Status ReadAddress(const Arguments& arguments, server::TransportOptions& transport) {
  transport.host = arguments.Text("host");
  std::string port = arguments.Text("port"), where = "--port";
  for (const char* const variable : {"AIP_HTTP_PORT", "SAGEMAKER_BIND_TO_PORT"}) {
    if (arguments.IsGiven("port") || Environment(variable).empty()) continue;
    port = Environment(variable);
    where = variable;
    // The cloud's own proxy comes from outside of the container.
    if (!arguments.IsGiven("host")) transport.host = "0.0.0.0";
    break;
  }
  REEVE_ASSIGN_OR_RETURN(transport.port, ParsePort(port, where));
  return Status::Ok();
}

Result<server::ServiceOptions> ReadOptions(const Call& call) {
  const Arguments& arguments = call.arguments;
  REEVE_ASSIGN_OR_RETURN(server::ScoringOptions scoring, ReadScoring(arguments));
  scoring.choice.stores = arguments.Stores();
  scoring.health_path = Environment("AIP_HEALTH_ROUTE");
  scoring.predict_path = Environment("AIP_PREDICT_ROUTE");
  server::ServiceOptions options{.scoring = std::move(scoring)};
  REEVE_RETURN_IF_ERROR(ReadAddress(arguments, options.transport));
  REEVE_RETURN_IF_ERROR(ReadTransport(call, options.transport));
  REEVE_RETURN_IF_ERROR(ReadAccessLog(arguments, options.access_log));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-score", server::Role::kScore, options.tokens));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-read", server::Role::kRead, options.tokens));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-admin", server::Role::kAdmin, options.tokens));
  return options;
}

}  // namespace

Result<int> RunServe(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const server::ServiceOptions options, ReadOptions(call));
  KeepFilesPrivate();
  REEVE_ASSIGN_OR_RETURN(const auto service, server::Service::Start(options));
  const std::string address = service->address();
  call.console.Say("Serving " + Join(service->models(), ", ") + " at " + address + "\n  form " +
                   address + "/   API " + address + "/docs   metrics " +
                   (service->admin_address().empty() ? address : service->admin_address()) +
                   "/metrics\n");
  REEVE_RETURN_IF_ERROR(service->Run(call.cancellation));
  call.console.Say("Stopped; every request that had begun was answered\n");
  return 0;
}

}  // namespace reeve::cli
