#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reeve::mlflow {

/// "scheme://authority/path?query#fragment", taken apart as RFC 3986 has it; nothing is decoded.
struct UriParts {
  /// In lower case; empty for a path.
  std::string scheme;
  std::string authority;
  std::string path;
};
UriParts SplitUri(std::string_view uri);

/// "host" of "user@host:80", in lower case.
std::string HostOf(const std::string& authority);
/// The parts of a path between slashes, empty ones left out.
std::vector<std::string> PathSegments(std::string_view path);
/// A path on this machine: no scheme, or "file:" without the name of another host.
bool IsLocalUri(const UriParts& uri);
/// Escapes replaced, those within escapes too; `plus` also takes "+" for a blank. Gives up after
/// ten rounds and returns what it has.
std::string DecodeFully(std::string text, bool plus);

}  // namespace reeve::mlflow
