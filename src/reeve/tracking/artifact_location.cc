#include "reeve/tracking/artifact_location.h"

#include "reeve/base/file_system.h"
#include "reeve/base/text.h"

namespace reeve::tracking {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

bool Climbs(const std::string& path) {
  for (const std::string& part : Split(path, '/')) {
    if (part == "..") return true;
  }
  return false;
}

}  // namespace

Result<std::string> LocalPath(const std::string& uri, const std::string& store_folder) {
  std::string path = uri;
  const std::size_t colon = uri.find(':');
  const std::size_t slash = uri.find('/');
  const bool has_scheme =
      colon != std::string::npos && (slash == std::string::npos || colon < slash);
  if (has_scheme) {
    const std::string scheme = uri.substr(0, colon);
    std::string rest = uri.substr(colon + 1);
    if (rest.starts_with("///")) rest = rest.substr(2);
    if (rest.starts_with("//localhost/")) rest = rest.substr(11);
    if (scheme == "file") {
      path = Decode(rest);
    } else if (scheme == "mlflow-artifacts") {
      const std::string decoded = Decode(rest);
      path = JoinPath(
          store_folder,
          "mlartifacts/" + decoded.substr(decoded.find_first_not_of('/') == std::string::npos
                                              ? decoded.size()
                                              : decoded.find_first_not_of('/')));
    } else {
      return Status::Unavailable("artifacts at " + Quote(uri, 300) + " cannot be reached: scheme " +
                                 Quote(scheme) + ", expected file: or a path");
    }
  }
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
