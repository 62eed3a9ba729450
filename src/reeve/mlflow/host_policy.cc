#include "reeve/mlflow/host_policy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/uri_parts.h"

namespace reeve::mlflow {
namespace {

constexpr const char* kAllowed = "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES";

// A scheme whose locations name a host to connect to.
struct HostScheme {
  std::string_view name;
  /// Schemes of one family reach the same service.
  std::string_view family;
  /// Where it connects to without a port; a second one where that depends on the client. 0: none.
  std::array<int, 2> ports;
};

constexpr std::array<HostScheme, 10> kSchemes = {{{"ftp", "ftp", {21, 0}},
                                                  {"sftp", "sftp", {22, 0}},
                                                  {"hdfs", "hdfs", {0, 0}},
                                                  {"viewfs", "hdfs", {0, 0}},
                                                  {"http", "http", {80, 0}},
                                                  {"https", "http", {443, 0}},
                                                  {"mlflow-artifacts", "http", {80, 443}},
                                                  {"r2", "r2", {443, 0}},
                                                  {"b2", "b2", {443, 0}},
                                                  {"abfss", "abfss", {443, 0}}}};

const HostScheme* FindScheme(const UriParts& uri) {
  for (const HostScheme& scheme : kSchemes) {
    if (scheme.name != uri.scheme) continue;
    // "mlflow-artifacts:/path" means this server.
    return uri.scheme == "mlflow-artifacts" && uri.authority.empty() ? nullptr : &scheme;
  }
  return nullptr;
}

// "http host 80", all that a location may connect to; none when that cannot be told for certain.
std::vector<std::string> Targets(const std::string& location) {
  const UriParts uri = SplitUri(location);
  const HostScheme* const scheme = FindScheme(uri);
  if (scheme == nullptr) return {};
  const bool is_odd = std::any_of(uri.authority.begin(), uri.authority.end(), [](unsigned char c) {
    return c == '\\' || std::isspace(c) != 0;
  });
  if (is_odd) return {};
  const std::string host = HostOf(uri.authority);
  const std::string start = std::string(scheme->family) + " " + host + " ";
  const std::string behind = uri.authority.substr(uri.authority.rfind('@') + 1);
  const std::size_t colon = behind.find(':', behind.starts_with('[') ? behind.find(']') : 0);
  if (colon != std::string::npos && colon + 1 < behind.size()) {
    const auto port = ParseInteger(behind.substr(colon + 1));
    if (!port || *port < 0 || *port > 65535) return {};
    return {start + std::to_string(*port)};
  }
  std::vector<std::string> targets = {start + std::to_string(scheme->ports[0])};
  if (scheme->ports[1] != 0) targets.push_back(start + std::to_string(scheme->ports[1]));
  return targets;
}

bool IsAllowed(std::string_view scheme) {
  const char* const list = std::getenv(kAllowed);
  if (list == nullptr) return false;
  for (const std::string& allowed : Split(list, ',')) {
    if (ToLower(Trim(allowed)) == scheme) return true;
  }
  return false;
}

}  // namespace

Status CheckHost(const std::string& uri, const std::string& field,
                 const std::vector<std::string>& own) {
  const HostScheme* const scheme = FindScheme(SplitUri(uri));
  if (scheme == nullptr || IsAllowed(scheme->name)) return Status::Ok();
  const std::vector<std::string> targets = Targets(uri);
  for (const std::string& place : own) {
    for (const std::string& trusted : Targets(place)) {
      if (std::find(targets.begin(), targets.end(), trusted) != targets.end()) return Status::Ok();
    }
  }
  const std::string name(scheme->name);
  return Status::InvalidArgument(
      "'" + field + "' cannot use the '" + name + "' scheme: the '" + name +
      "' scheme addresses a host other than the tracking server's configured artifact storage, so "
      "the server would connect to the host named in the URI. Set the " +
      kAllowed + " environment variable on the server to allow it.");
}

}  // namespace reeve::mlflow
