#include "reeve/cli/commands/server_address.h"

#include "reeve/base/file_system.h"
#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::cli {
namespace {

constexpr std::uint64_t kMostTokenBytes = 1 << 20;
constexpr std::string_view kDigestPrefix = "sha256:";

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

Status ReadAdminAddress(const std::string& admin, server::TransportOptions& transport) {
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

}  // namespace

Result<int> ParsePort(const std::string& text, const std::string& where) {
  const auto port = ParseInteger(text);
  if (port && *port >= 0 && *port <= 65535) return static_cast<int>(*port);
  return Status::InvalidArgument(where + " is " + Quote(text, 60) +
                                 ", expected a port from 0 to 65535");
}

Status ReadTransport(const Call& call, server::TransportOptions& transport) {
  const Arguments& arguments = call.arguments;
  REEVE_ASSIGN_OR_RETURN(const std::int64_t body, arguments.Integer("max-body", 1, 1 << 20));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t connections,
                         arguments.Integer("max-connections", 1, 1'000'000));
  REEVE_ASSIGN_OR_RETURN(const std::int64_t drain, arguments.Integer("drain", 0, 86'400));
  transport.limits.max_body = static_cast<std::size_t>(body) << 20;
  transport.limits.max_connections = static_cast<int>(connections);
  transport.drain_seconds = static_cast<double>(drain);
  transport.threads = call.threads;
  transport.tls_certificate = arguments.Text("tls-cert");
  transport.tls_key = arguments.Text("tls-key");
  return ReadAdminAddress(arguments.Text("admin"), transport);
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
      // "TOKEN", or "NAME TOKEN": blanks stand in no token.
      const std::size_t blank = token.find_last_of(" \t");
      const std::size_t begin = blank == std::string_view::npos ? 0 : blank + 1;
      AddToken(token.substr(begin), value + ", line " + std::to_string(line), role, tokens);
      tokens.back().user = std::string(Trim(token.substr(0, begin)));
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

}  // namespace reeve::cli
