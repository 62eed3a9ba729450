#include "reeve/server/tracking_api/host_guard.h"

#include <algorithm>
#include <array>
#include <utility>

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::server {
namespace {

// Whether `pattern`, in which "*" stands for any text, is all of `text`.
bool Matches(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (Matches(pattern, text.substr(i))) return true;
  }
  return false;
}

std::string_view WithoutPort(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool IsThisMachine(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == "0.0.0.0";
}

// RFC 1918 and RFC 4193.
bool IsPrivate(std::string_view host) {
  if (host.starts_with("[fc00:") || host.starts_with("[fd")) return true;
  const std::vector<std::string> parts = Split(host, '.');
  if (parts.size() != 4) return false;
  std::array<std::int64_t, 4> numbers{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto number = ParseInteger(parts[i]);
    if (!number || *number < 0 || *number > 255) return false;
    numbers[i] = *number;
  }
  return numbers[0] == 10 || (numbers[0] == 192 && numbers[1] == 168) ||
         (numbers[0] == 172 && numbers[1] >= 16 && numbers[1] < 32);
}

void Refuse(std::string_view why, Response& response) {
  response.status = 403;
  response.content_type = "text/plain; charset=utf-8";
  response.body = why;
}

// Downloads have set the first one already.
void AddHeaders(const std::string& frame_options, Response& response) {
  for (const auto& [name, value] : {std::pair("X-Content-Type-Options", "nosniff"),
                                    std::pair("X-Frame-Options", frame_options.c_str())}) {
    if (*value == '\0') continue;
    const bool is_there =
        std::any_of(response.headers.begin(), response.headers.end(),
                    [&](const auto& header) { return ToLower(header.first) == ToLower(name); });
    if (!is_there) response.headers.emplace_back(name, value);
  }
}

}  // namespace

bool HostGuard::AllowsHost(std::string_view host) const {
  if (host.empty()) return true;
  const std::string lower = ToLower(host);
  const std::string_view name = WithoutPort(lower);
  if (options_.hosts.empty()) return IsThisMachine(name) || IsPrivate(name);
  return std::any_of(options_.hosts.begin(), options_.hosts.end(), [&](const std::string& allowed) {
    const std::string pattern = ToLower(allowed);
    return Matches(pattern, lower) || Matches(pattern, name);
  });
}

bool HostGuard::AllowsOrigin(std::string_view method, std::string_view origin) const {
  if (origin.empty() || method == "GET" || method == "HEAD" || method == "OPTIONS") return true;
  const std::string lower = ToLower(origin);
  const std::size_t scheme = lower.find("://");
  if (scheme != std::string::npos) {
    const std::string_view host = WithoutPort(std::string_view(lower).substr(scheme + 3));
    if (IsThisMachine(host) && host != "0.0.0.0") return true;
  }
  return std::any_of(options_.origins.begin(), options_.origins.end(),
                     [&](const std::string& allowed) { return Matches(ToLower(allowed), lower); });
}

bool HostGuard::IsOwnPage(std::string_view origin, std::string_view host) const {
  const bool takes_any_name = std::ranges::find(options_.hosts, "*") != options_.hosts.end();
  const std::size_t scheme = origin.find("://");
  return !host.empty() && !takes_any_name && scheme != std::string_view::npos &&
         ToLower(origin.substr(scheme + 3)) == ToLower(host) && AllowsHost(host);
}

bool HostGuard::Refuses(const Request& request, Response& response, bool checks_host) const {
  const std::string_view host = request.Header("Host"), origin = request.Header("Origin");
  if (checks_host && !AllowsHost(host)) {
    Refuse("Invalid Host header: this server is not called so; see --allowed-hosts\n", response);
    return true;
  }
  if (AllowsOrigin(request.method, origin) || IsOwnPage(origin, host)) return false;
  Refuse("Cross-origin request blocked; see --cors-allowed-origins\n", response);
  return true;
}

void HostGuard::Protect(std::vector<Route>& routes, bool checks_host) const {
  for (Route& route : routes) Protect(route, checks_host);
}

void HostGuard::Protect(Route& route, bool checks_host) const {
  if (route.handle) {
    route.handle = [this, checks_host, next = std::move(route.handle)](const Request& request,
                                                                       Response& response) {
      if (!Refuses(request, response, checks_host)) next(request, response);
      AddHeaders(options_.frame_options, response);
    };
    return;
  }
  route.open = [this, checks_host, next = std::move(route.open)](
                   const Request& request, Response& response) -> std::unique_ptr<BodyStream> {
    if (!Refuses(request, response, checks_host)) return next(request, response);
    return nullptr;
  };
}

}  // namespace reeve::server
