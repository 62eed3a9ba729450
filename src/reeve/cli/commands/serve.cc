#include <cstdlib>

#include <sys/stat.h>

#include "reeve/base/file_system.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/cli/commands/commands.h"
#include "reeve/server/service.h"

namespace reeve::cli {
namespace {

constexpr std::uint64_t kMostTokenBytes = 1 << 20;
constexpr std::string_view kDigestPrefix = "sha256:";

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<int> ParsePort(const std::string& text, const std::string& where) {
  const auto port = ParseInteger(text);
  if (port && *port >= 0 && *port <= 65535) return static_cast<int>(*port);
  return Status::InvalidArgument(where + " is " + Quote(text, 60) +
                                 ", expected a port from 0 to 65535");
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
  const std::string admin = arguments.Text("admin");
  if (admin.empty()) return Status::Ok();
  const std::size_t colon = admin.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return Status::InvalidArgument("--admin is " + Quote(admin, 60) +
                                   ", expected HOST:PORT such as 127.0.0.1:9090");
  }
  transport.admin_host = admin.substr(0, colon);
  REEVE_ASSIGN_OR_RETURN(transport.admin_port, ParsePort(admin.substr(colon + 1), "--admin"));
  return Status::Ok();
}

void AddToken(std::string_view text, const std::string& name, server::Role role,
              std::vector<server::TokenOptions>& tokens) {
  server::TokenOptions token{.name = name, .role = role};
  if (text.starts_with(kDigestPrefix)) {
    token.sha256 = std::string(text.substr(kDigestPrefix.size()));
  } else {
    token.token = std::string(text);
  }
  tokens.push_back(std::move(token));
}

// A digest as it stands, or a file of tokens and digests: flags are seen by everybody on a machine.
Status ReadTokens(const Arguments& arguments, const std::string& option, server::Role role,
                  std::vector<server::TokenOptions>& tokens) {
  for (const std::string& value : arguments.Texts(option)) {
    if (value.starts_with(kDigestPrefix)) {
      AddToken(value, "--" + option, role, tokens);
      continue;
    }
    Result<std::string> text = FileSystem::System().Read(value, kMostTokenBytes);
    if (!text.ok()) return std::move(text).status().WithContext("--" + option);
    int line = 0;
    for (const std::string& raw : Split(*text, '\n')) {
      ++line;
      const std::string_view token = Trim(raw);
      if (token.empty() || token.starts_with('#')) continue;
      AddToken(token, value + ", line " + std::to_string(line), role, tokens);
    }
  }
  return Status::Ok();
}

Status ReadAccessLog(const Arguments& arguments, server::AccessLogOptions& log) {
  using Format = server::AccessLogOptions::Format;
  const std::string form = arguments.Text("access-log");
  if (form != "off" && form != "json" && form != "text") {
    return Status::InvalidArgument("--access-log is " + Quote(form, 60) +
                                   ", expected off, json or text");
  }
  log.format = form == "off" ? Format::kOff : form == "json" ? Format::kJson : Format::kText;
  return Status::Ok();
}

Status ReadLimits(const Arguments& arguments, server::ServiceOptions& options) {
  REEVE_ASSIGN_OR_RETURN(const std::int64_t body, arguments.Integer("max-body", 1, 1 << 20));
  REEVE_ASSIGN_OR_RETURN(options.max_rows, arguments.Integer("max-rows", 1, 100'000'000));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t connections,
                         arguments.Integer("max-connections", 1, 1'000'000));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t drain, arguments.Integer("drain", 0, 86'400));
  options.transport.limits.max_body = static_cast<std::size_t>(body) << 20;
  options.transport.limits.max_connections = static_cast<int>(connections);
  options.transport.drain_seconds = static_cast<double>(drain);
  return Status::Ok();
}

Result<server::ServiceOptions> ReadOptions(const Call& call) {
  const Arguments& arguments = call.arguments;
  server::ServiceOptions options{.models = arguments.positionals(),
                                 .tracking_uri = arguments.Text("tracking-uri"),
                                 .keep_predictions = !arguments.Flag("no-predictions"),
                                 .strict = arguments.Flag("strict"),
                                 .key_field = arguments.Text("key-field"),
                                 .health_path = Environment("AIP_HEALTH_ROUTE"),
                                 .predict_path = Environment("AIP_PREDICT_ROUTE")};
  options.transport.threads = call.threads;
  options.transport.tls_certificate = arguments.Text("tls-cert");
  options.transport.tls_key = arguments.Text("tls-key");
  options.predictions.folder = arguments.Text("predictions-dir");
  REEVE_RETURN_IF_ERROR(ReadAddress(arguments, options.transport));
  REEVE_RETURN_IF_ERROR(ReadLimits(arguments, options));
  REEVE_RETURN_IF_ERROR(ReadAccessLog(arguments, options.access_log));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-score", server::Role::kScore, options.tokens));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-read", server::Role::kRead, options.tokens));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-admin", server::Role::kAdmin, options.tokens));
  return options;
}

}  // namespace

Result<int> RunServe(const Call& call) {
  REEVE_ASSIGN_OR_RETURN(const server::ServiceOptions options, ReadOptions(call));
  // Served rows are about people: what is kept of them is not for everybody on this machine.
  ::umask(::umask(0) | S_IRWXO);
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
