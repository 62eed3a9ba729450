#include "reeve/mlflow/locations.h"

#include <algorithm>
#include <cctype>

#include "reeve/base/file_system.h"
#include "reeve/base/percent.h"
#include "reeve/base/text.h"
#include "reeve/mlflow/validation.h"

namespace reeve::mlflow {
namespace {

constexpr std::size_t kMostLocation = 2048;
// Escapes within escapes that are looked through.
constexpr int kMostDecodings = 10;

// "s3" of "s3://b/a"; empty for a path.
std::string_view Scheme(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  const std::string_view scheme = uri.substr(0, colon);
  const bool is_word = std::all_of(scheme.begin(), scheme.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
  });
  return is_word ? scheme : std::string_view();
}

bool Climbs(std::string query) {
  for (int i = 0; i < kMostDecodings; ++i) {
    if (query.find("..") != std::string::npos) return true;
    std::string decoded = PercentDecode(query);
    if (decoded == query) return false;
    query = std::move(decoded);
  }
  return true;
}

std::string Absolute(const std::string& location) {
  constexpr std::string_view kFile = "file:";
  const std::string_view scheme = Scheme(location);
  if (scheme.empty()) return AbsolutePath(location);
  if (scheme != "file") return location;
  const std::string path = location.substr(kFile.size());
  return path.starts_with('/') ? location : std::string(kFile) + "//" + AbsolutePath(path);
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
