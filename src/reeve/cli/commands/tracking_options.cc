#include "reeve/cli/commands/tracking_options.h"

#include <cstdlib>
#include <vector>

#include "reeve/base/text.h"
#include "reeve/cli/commands/server_access.h"
#include "reeve/cli/commands/server_address.h"

namespace reeve::cli {
namespace {

std::vector<std::string> SplitNames(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& part : Split(text, ',')) {
    if (!Trim(part).empty()) names.emplace_back(Trim(part));
  }
  return names;
}

// --tracking-uri is where clients look, not where a server keeps.
Result<std::string> BackendStore(const Arguments& arguments) {
  std::string store = TextOr(arguments, "backend-store-uri", "MLFLOW_BACKEND_STORE_URI");
  if (store.empty()) store = server::TrackingOptions().database_uri;
  const std::string registry = TextOr(arguments, "registry-store-uri", "MLFLOW_REGISTRY_STORE_URI");
  if (registry.empty() || registry == store) return store;
  return Status::InvalidArgument("--registry-store-uri is " + Quote(registry, 60) +
                                 ", expected that of --backend-store-uri: models are kept with "
                                 "the runs")
      .WithFix("leave --registry-store-uri out");
}

bool ServesArtifacts(const Arguments& arguments) {
  if (arguments.Flag("serve-artifacts")) return true;
  const char* const value = std::getenv("MLFLOW_SERVE_ARTIFACTS");
  return !arguments.Flag("no-serve-artifacts") &&
         (value == nullptr || *value == '\0' || ParseSwitch(value).value_or(false));
}

void ReadArtifactPlaces(const Arguments& arguments, server::TrackingOptions& options) {
  options.serves_artifacts = ServesArtifacts(arguments);
  options.artifact_root =
      TextOr(arguments, "default-artifact-root", "MLFLOW_DEFAULT_ARTIFACT_ROOT");
  if (options.artifact_root.empty() && !options.serves_artifacts) options.artifact_root = "mlruns";
  options.artifact_destination =
      TextOr(arguments, "artifacts-destination", "MLFLOW_ARTIFACTS_DESTINATION");
}

// "NONE": everybody.
Result<std::string> FrameOptions(const Arguments& arguments) {
  const std::string given = TextOr(arguments, "x-frame-options", "MLFLOW_SERVER_X_FRAME_OPTIONS");
  const std::string lower = ToLower(given);
  if (lower == "none") return std::string();
  if (lower == "sameorigin") return std::string("SAMEORIGIN");
  if (lower == "deny") return std::string("DENY");
  return Status::InvalidArgument("--x-frame-options is " + Quote(given, 60) +
                                 ", expected SAMEORIGIN, DENY or NONE");
}

Result<server::HostGuardOptions> ReadGuard(const Arguments& arguments) {
  server::HostGuardOptions guard{.hosts = {"*"}, .origins = {"*"}};
  REEVE_ASSIGN_OR_RETURN(guard.frame_options, FrameOptions(arguments));
  if (FlagOr(arguments, "disable-security-middleware",
             "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE")) {
    return guard;
  }
  guard.hosts = SplitNames(TextOr(arguments, "allowed-hosts", "MLFLOW_SERVER_ALLOWED_HOSTS"));
  guard.origins =
      SplitNames(TextOr(arguments, "cors-allowed-origins", "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS"));
  return guard;
}

}  // namespace

std::string TextOr(const Arguments& arguments, std::string_view option, const char* variable) {
  const char* const value = std::getenv(variable);
  if (arguments.IsGiven(option) || value == nullptr || *value == '\0')
    return arguments.Text(option);
  return value;
}

bool FlagOr(const Arguments& arguments, std::string_view option, const char* variable) {
  const char* const value = std::getenv(variable);
  return arguments.Flag(option) ||
         (!arguments.IsGiven(option) && value != nullptr && ParseSwitch(value).value_or(false));
}

Status ReadMlflowAddress(const Arguments& arguments, server::TransportOptions& transport) {
  transport.host = TextOr(arguments, "host", "MLFLOW_HOST");
  REEVE_ASSIGN_OR_RETURN(transport.port,
                         ParsePort(TextOr(arguments, "port", "MLFLOW_PORT"), "--port"));
  return Status::Ok();
}

Result<server::TrackingOptions> ReadTracking(const Arguments& arguments) {
  server::TrackingOptions options;
  REEVE_ASSIGN_OR_RETURN(options.guard, ReadGuard(arguments));
  REEVE_ASSIGN_OR_RETURN(options.database_uri, BackendStore(arguments));
  ReadArtifactPlaces(arguments, options);
  options.ui_folder = arguments.Text("ui");
  REEVE_ASSIGN_OR_RETURN(options.access, ReadAccess(arguments));
  return options;
}

}  // namespace reeve::cli
