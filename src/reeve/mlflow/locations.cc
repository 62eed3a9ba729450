#include "reeve/mlflow/locations.h"

#include <algorithm>

#include "reeve/base/file_system.h"
#include "reeve/mlflow/uri_parts.h"
#include "reeve/mlflow/validation.h"

namespace reeve::mlflow {
namespace {

constexpr std::size_t kMostLocation = 2048;
bool Climbs(const std::string& query) {
  return DecodeFully(query, false).find("..") != std::string::npos;
}

std::string Absolute(const std::string& location) {
  constexpr std::string_view kFile = "file:";
  const UriParts uri = SplitUri(location);
  if (uri.scheme.empty()) return AbsolutePath(location);
  if (uri.scheme != "file" || !uri.authority.empty() || uri.path.starts_with('/')) return location;
  return std::string(kFile) + "//" + AbsolutePath(uri.path);
}

}  // namespace

std::string AppendToUri(std::string_view uri, std::string_view path) {
  const std::size_t query = std::min(uri.find('?'), uri.size());
  std::string joined(uri.substr(0, query));
  if (!joined.ends_with('/')) joined += '/';
  while (path.starts_with('/')) path.remove_prefix(1);
  joined += path;
  joined += uri.substr(query);
  return joined;
}

Result<std::string> ResolveLocation(const std::string& location, std::string_view parameter) {
  if (location.empty()) return location;
  if (location.starts_with("runs:")) {
    return Status::InvalidArgument("Artifact location cannot be a runs:/ URI. Given: '" + location +
                                   "'");
  }
  if (location.find_first_of("#;") != std::string::npos) {
    return Status::InvalidArgument("'" + std::string(parameter) +
                                   "' URL can't include fragments or params.");
  }
  const std::size_t query = location.find('?');
  if (query != std::string::npos && Climbs(location.substr(query + 1)))
    return Status::InvalidArgument("Invalid query string");
  std::string absolute = Absolute(location);
  if (CountCharacters(absolute) <= kMostLocation) return absolute;
  return Status::InvalidArgument(
      "Invalid artifact path length. The length of the artifact path cannot be greater than " +
      std::to_string(kMostLocation) + " characters.");
}

}  // namespace reeve::mlflow
