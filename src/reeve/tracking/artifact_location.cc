#include "reeve/tracking/artifact_location.h"

#include <algorithm>

#include "reeve/base/file_system.h"
#include "reeve/base/percent.h"
#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

bool Climbs(const std::string& path) {
  for (const std::string& part : Split(path, '/')) {
    if (part == "..") return true;
  }
  return false;
}

// What follows the scheme without "//" and the host, which has to be this one.
Result<std::string> WithoutHost(const std::string& uri, const std::string& rest) {
  if (!rest.starts_with("//")) return rest;
  const std::size_t slash = std::min(rest.find('/', 2), rest.size());
  const std::string host = rest.substr(2, slash - 2);
  if (host.empty() || host == "localhost") return rest.substr(slash);
  return Status::Unavailable("artifacts at " + Quote(uri, 300) +
                             " cannot be reached: they are on another machine, expected file: or "
                             "a path");
}

}  // namespace

Result<std::string> LocalPath(const std::string& uri, const std::string& store_folder) {
  std::string path = uri;
  const std::size_t colon = uri.find(':');
  const bool has_scheme = colon != std::string::npos && colon < uri.find('/');
  if (has_scheme) {
    const std::string scheme = uri.substr(0, colon);
    REEVE_ASSIGN_OR_RETURN(const std::string rest, WithoutHost(uri, uri.substr(colon + 1)));
    path = PercentDecode(rest);
    if (scheme == "mlflow-artifacts") {
      path.erase(0, path.find_first_not_of('/'));
      path = path.empty() ? "mlartifacts" : "mlartifacts/" + path;
    } else if (scheme != "file") {
      return Status::Unavailable("artifacts at " + Quote(uri, 300) + " cannot be reached: scheme " +
                                 Quote(scheme) + ", expected file: or a path");
    }
  }
  if (path.empty() || path.find('\0') != std::string::npos)
    return Status::InvalidArgument("artifact location is " + Quote(uri, 300) +
                                   ", expected the path of a folder");
  if (Climbs(path))
    return Status::InvalidArgument("artifact location " + Quote(uri, 300) + " climbs with \"..\"");
  return AbsolutePath(JoinPath(store_folder, path));
}

std::string FileUri(const std::string& path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kHex[static_cast<unsigned char>(c) >> 4];
      uri += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return uri;
}

std::string JoinUri(const std::string& uri, const std::string& part) {
  return uri.ends_with('/') ? uri + part : uri + "/" + part;
}

}  // namespace reeve::tracking
