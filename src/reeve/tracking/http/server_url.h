#pragma once

#include <string>
#include <string_view>

#include "reeve/base/result.h"

namespace reeve::tracking {

/// Where a tracking server is.
struct ServerUrl {
  /// "https://mlflow.internal:5000/prefix" without a slash at the end; fit for messages, since it
  /// never holds a password.
  std::string base;
  /// "mlflow.internal:5000" as it was written: how other URIs name this server.
  std::string authority;
  /// "mlflow.internal"; of an IPv6 address what stands between the brackets.
  std::string host;
  /// What follows the host, or the scheme's own.
  int port = 0;
  /// What stood before an "@", decoded; empty when nothing did. Never part of a message.
  std::string username, password;

  bool is_https() const { return base.starts_with("https:"); }
  /// Whether it is a program on this machine.
  bool is_loopback() const;
};

/// Whether `uri` names a tracking server: http: or https:, in any case.
bool IsServerUri(std::string_view uri);

/// Reads http(s)://[USER[:PASSWORD]@]HOST[:PORT][/PREFIX]. Fails with kInvalidArgument for anything
/// else.
Result<ServerUrl> ParseServerUrl(const std::string& uri);

/// All but letters, digits and -._~ as %XX; slashes are kept where `text` is a path.
std::string EscapeUrl(std::string_view text, bool is_path = false);

}  // namespace reeve::tracking
