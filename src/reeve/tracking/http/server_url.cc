#include "reeve/tracking/http/server_url.h"

#include <algorithm>

#include "reeve/base/credentials.h"
#include "reeve/base/number.h"
#include "reeve/base/percent.h"
#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

constexpr std::size_t kMaxUriBytes = 2'000;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kWordBytes =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._";

bool HoldsOnly(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

// The part of a URI between "//" and the path; from and to are positions.
struct Authority {
  std::size_t from = 0;
  std::size_t to = 0;
};

Authority FindAuthority(std::string_view uri) {
  const std::size_t slashes = uri.find("://");
  if (slashes == std::string_view::npos) return {};
  const std::size_t from = slashes + 3;
  return {from, std::min(uri.find_first_of("/?#", from), uri.size())};
}

Status WrongUri(const std::string& uri, const std::string& what) {
  return Status::InvalidArgument("tracking URI " + Quote(MaskCredentials(uri), 400) + ": " + what +
                                 ", expected http://HOST:PORT or https://HOST/PREFIX");
}

// Fills host and port from "host", "host:5000" or "[::1]:5000".
bool ReadHost(std::string_view authority, ServerUrl& url) {
  std::string_view rest;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    url.host = authority.substr(1, close - 1);
    if (!HoldsOnly(url.host, "0123456789abcdefABCDEF:.")) return false;
    rest = authority.substr(close + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    if (!HoldsOnly(url.host, kWordBytes)) return false;
    rest = authority.substr(colon);
  }
  if (url.host.empty()) return false;
  if (rest.empty()) return true;
  const auto port = ParseInteger(rest.substr(1));
  if (rest[0] != ':' || !HoldsOnly(rest.substr(1), kDigits) || !port || *port < 1 || *port > 65535)
    return false;
  url.port = static_cast<int>(*port);
  return true;
}

bool IsPlain(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
}

// A prefix is used as it stands, so it has to be escaped already, and must not climb.
bool IsPrefix(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%') {
      if (i + 2 >= path.size() || !HoldsOnly(path.substr(i + 1, 2), kHexDigits)) return false;
    } else if (path[i] != '/' && path[i] != '~' && !HoldsOnly(path.substr(i, 1), kWordBytes)) {
      return false;
    }
  }
  const std::vector<std::string> parts = Split(path, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](const std::string& part) { return part == "." || part == ".."; });
}

}  // namespace

bool ServerUrl::is_loopback() const {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && HoldsOnly(host, "0123456789."));
}

bool IsServerUri(std::string_view uri) {
  const std::string start = ToLower(uri.substr(0, 8));
  return start.starts_with("http://") || start == "https://";
}

Result<ServerUrl> ParseServerUrl(const std::string& uri) {
  if (!IsServerUri(uri) || uri.size() > kMaxUriBytes) return WrongUri(uri, "is no server's");
  const Authority place = FindAuthority(uri);
  std::string authority = uri.substr(place.from, place.to - place.from);
  const bool is_https = ToLower(uri.substr(0, 5)) == "https";
  ServerUrl url{.port = is_https ? 443 : 80};
  if (const std::size_t at = authority.rfind('@'); at != std::string::npos) {
    const std::string user_info = authority.substr(0, at);
    authority.erase(0, at + 1);
    const std::size_t colon = std::min(user_info.find(':'), user_info.size());
    url.username = PercentDecode(user_info.substr(0, colon));
    url.password = PercentDecode(user_info.substr(std::min(colon + 1, user_info.size())));
    if (!IsPlain(url.username) || !IsPlain(url.password))
      return WrongUri(uri, "its user or password holds a control character");
  }
  if (uri.find('@', place.to) != std::string::npos)
    return WrongUri(uri, "a \"/\" in a password has to be written %2F");
  if (!ReadHost(authority, url)) return WrongUri(uri, "its host or port cannot be read");
  std::string prefix = uri.substr(place.to);
  if (prefix.find_first_of("?#") != std::string::npos)
    return WrongUri(uri, "\"?\" and \"#\" mean nothing there");
  if (!IsPrefix(prefix)) return WrongUri(uri, "its path cannot be read");
  while (prefix.ends_with('/')) prefix.pop_back();
  url.authority = authority;
  url.base = (is_https ? "https://" : "http://") + authority + prefix;
  return url;
}

std::string EscapeUrl(std::string_view text, bool is_path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    if (HoldsOnly({&c, 1}, kWordBytes) || c == '~' || (is_path && c == '/')) {
      escaped += c;
    } else {
      escaped += '%';
      escaped += kHex[static_cast<unsigned char>(c) >> 4];
      escaped += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return escaped;
}

}  // namespace reeve::tracking
