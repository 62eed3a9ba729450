#include "reeve/cli/commands/server_access.h"

#include <cstdlib>
#include <map>
#include <string>

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"
#include "reeve/cli/commands/server_address.h"

namespace reeve::cli {
namespace {

constexpr std::uint64_t kMostConfigBytes = 1 << 20;
constexpr const char* kConfigVariable = "MLFLOW_AUTH_CONFIG_PATH";

using AuthConfig = std::map<std::string, std::string>;

// What Python's parser of INI files makes of a value: a percent sign is written twice.
std::string Unescape(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    text += value[i];
    if (value.substr(i, 2) == "%%") ++i;
  }
  return text;
}

// The section [mlflow] of an INI file: KEY = VALUE, comments begin a line.
Result<AuthConfig> ReadConfig() {
  AuthConfig config;
  const char* const path = std::getenv(kConfigVariable);
  if (path == nullptr || *path == '\0') return config;
  Result<std::string> text = FileSystem::System().Read(path, kMostConfigBytes);
  if (!text.ok()) return std::move(text).status().WithContext(kConfigVariable);
  bool is_here = false;
  for (const std::string& raw : Split(*text, '\n')) {
    const std::string_view line = Trim(raw);
    if (line.starts_with('[')) is_here = line == "[mlflow]";
    const std::size_t equals = line.find('=');
    if (!is_here || line.empty() || line[0] == '#' || line[0] == ';' ||
        equals == std::string_view::npos) {
      continue;
    }
    config[std::string(Trim(line.substr(0, equals)))] = Unescape(Trim(line.substr(equals + 1)));
  }
  return config;
}

// A variable that is set counts, even an empty one: a secret that was not injected must not be
// replaced by an old one of the file.
std::string FromVariable(const char* variable, const AuthConfig& config, const char* key) {
  if (const char* const value = std::getenv(variable)) return value;
  const auto found = config.find(key);
  return found == config.end() ? std::string() : found->second;
}

Status ReadUsers(const Arguments& arguments, server::AccessOptions& access) {
  access.users_uri = arguments.Text("auth");
  const std::string app = arguments.Text("app-name");
  if (!app.empty() && app != "basic-auth") {
    return Status::InvalidArgument("--app-name is " + Quote(app, 60) +
                                   ", expected basic-auth, the only one there is");
  }
  if (app.empty() && access.users_uri.empty()) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(AuthConfig config, ReadConfig());
  if (access.users_uri.empty()) access.users_uri = config["database_uri"];
  if (access.users_uri.empty()) access.users_uri = "sqlite:///basic_auth.db";
  if (std::string name = FromVariable("MLFLOW_AUTH_ADMIN_USERNAME", config, "admin_username");
      !name.empty()) {
    access.admin_name = std::move(name);
  }
  access.admin_password = FromVariable("MLFLOW_AUTH_ADMIN_PASSWORD", config, "admin_password");
  std::string word = arguments.Text("default-permission");
  if (!arguments.IsGiven("default-permission") && !config["default_permission"].empty())
    word = config["default_permission"];
  const auto permission = server::ParsePermission(word);
  if (!permission || *permission == server::Permission::kDeny) {
    return Status::InvalidArgument("--default-permission is " + Quote(word, 60) +
                                   ", expected READ, USE, EDIT, MANAGE or NO_PERMISSIONS");
  }
  access.default_permission = *permission;
  return Status::Ok();
}

}  // namespace

Result<server::AccessOptions> ReadAccess(const Arguments& arguments) {
  server::AccessOptions access;
  REEVE_RETURN_IF_ERROR(ReadUsers(arguments, access));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-read", server::Role::kRead, access.tokens));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-write", server::Role::kWrite, access.tokens));
  REEVE_RETURN_IF_ERROR(ReadTokens(arguments, "token-admin", server::Role::kAdmin, access.tokens));
  access.audit_log = arguments.Text("audit-log");
  return access;
}

}  // namespace reeve::cli
