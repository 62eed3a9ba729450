#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/server/http.h"

namespace reeve::server {

struct HostGuardOptions {
  /// Names under which the server may be called, without or with a port; "*" stands for any text.
  /// Empty: this machine and private networks.
  std::vector<std::string> hosts;
  /// Origins of pages that may write: "https://notebooks.example.org"; "*" stands for any text.
  /// Pages of this machine always may, and the server's own.
  std::vector<std::string> origins;
  /// X-Frame-Options of every answer, "SAMEORIGIN" or "DENY": who may show it in a frame; empty:
  /// everybody.
  std::string frame_options = "SAMEORIGIN";
};

/// Keeps pages of other sites away from a server that a browser can reach: they would call it under
/// a name of their own (DNS rebinding) or from their own origin (cross-site requests).
class HostGuard {
 public:
  explicit HostGuard(HostGuardOptions options) : options_(std::move(options)) {}

  /// `host` as in the header, with or without its port. A request without one is no browser's.
  bool AllowsHost(std::string_view host) const;
  /// Whether a request with that method may come from `origin`; empty: none was sent.
  bool AllowsOrigin(std::string_view method, std::string_view origin) const;
  /// Whether `origin` is this server under an allowed name, `host`. Not where it may be called by
  /// any name: another site may give it one of its own.
  bool IsOwnPage(std::string_view origin, std::string_view host) const;

  /// Wraps the routes, so that they refuse with 403 what is not allowed; all of their answers carry
  /// the headers that keep browsers from guessing types and from framing. The guard has to outlive
  /// the routes. `checks_host` is false for probes, which come under any name.
  void Protect(std::vector<Route>& routes, bool checks_host = true) const;
  void Protect(Route& route, bool checks_host = true) const;

 private:
  bool Refuses(const Request& request, Response& response, bool checks_host) const;

  HostGuardOptions options_;
};

}  // namespace reeve::server
