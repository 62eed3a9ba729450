#include <algorithm>
#include <cstdlib>
#include <thread>

#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/cli/commands/server_address.h"
#include "reeve/server/tracking_service.h"

namespace reeve::cli {
namespace {

// A call may wait for the database: more threads than cores keep the others answered meanwhile.
constexpr int kThreadsPerCore = 4;
constexpr int kMostThreads = 32;

std::vector<std::string> SplitNames(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& part : Split(text, ',')) {
    if (!Trim(part).empty()) names.emplace_back(Trim(part));
  }
  return names;
}

// As MLflow's server looks for it; --tracking-uri is where clients look, not where a server keeps.
std::string BackendStore(const Arguments& arguments) {
  if (std::string given = arguments.Text("backend-store-uri"); !given.empty()) return given;
  const char* const variable = std::getenv("MLFLOW_BACKEND_STORE_URI");
  return variable != nullptr && *variable != '\0' ? variable : "sqlite:///mlflow.db";
}

Result<server::TrackingServiceOptions> ReadOptions(const Call& call) {
  const Arguments& arguments = call.arguments;
  server::TrackingServiceOptions options{
      .database_uri = BackendStore(arguments),
      .artifact_root = arguments.Text("default-artifact-root"),
      .artifact_folder = arguments.Text("artifacts-destination"),
      .ui_folder = arguments.Text("ui"),
      .guard = {.hosts = SplitNames(arguments.Text("allowed-hosts")),
                .origins = SplitNames(arguments.Text("cors-allowed-origins"))}};
  options.transport.host = arguments.Text("host");
  REEVE_ASSIGN_OR_RETURN(options.transport.port, ParsePort(arguments.Text("port"), "--port"));
  REEVE_RETURN_IF_ERROR(ReadTransport(call, options.transport));
  if (options.transport.threads == 0) {
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    options.transport.threads = std::min(kMostThreads, kThreadsPerCore * cores);
  }
  REEVE_RETURN_IF_ERROR(ReadAccessLog(arguments, options.access_log));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-read", server::Role::kRead, options.tokens));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-admin", server::Role::kAdmin, options.tokens));
  return options;
}

}  // namespace

Result<int> RunServer(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const server::TrackingServiceOptions options, ReadOptions(call));
  REEVE_ASSIGN_OR_RETURN(const auto service, server::TrackingService::Start(options));
  call.console.Say("Tracking at " + service->address() +
                   "\n  export MLFLOW_TRACKING_URI=" + service->address() + "\n");
  REEVE_RETURN_IF_ERROR(service->Run(call.cancellation));
  call.console.Say("Stopped; every request that had begun was answered\n");
  return 0;
}

}  // namespace reeve::cli
