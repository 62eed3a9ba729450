#include "reeve/server/tracking_api/artifact_places.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "reeve/base/text.h"
#include "reeve/mlflow/uri_parts.h"
#include "reeve/server/artifacts/artifact_folder.h"
#include "reeve/server/artifacts/artifact_path.h"
#include "reeve/tracking/artifact_location.h"

namespace reeve::server {
namespace {

constexpr std::string_view kProxyPath = "/api/2.0/mlflow-artifacts/artifacts/";

// The path below the proxied folder, when the location is one behind a proxy.
std::optional<std::string> ProxiedPath(std::string_view location) {
  const mlflow::UriParts uri = mlflow::SplitUri(location);
  if (uri.scheme == "mlflow-artifacts")
    return uri.path.substr(std::min(uri.path.find_first_not_of('/'), uri.path.size()));
  if (uri.scheme != "http" && uri.scheme != "https") return std::nullopt;
  const std::size_t at = uri.path.find(kProxyPath);
  if (at == std::string::npos) return std::nullopt;
  return uri.path.substr(at + kProxyPath.size());
}

bool IsBelow(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder.ends_with('/') ? folder : folder + "/");
}

std::string Normal(const std::string& path) {
  std::string normal = std::filesystem::path(path).lexically_normal().string();
  if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

}  // namespace

ArtifactPlaces::ArtifactPlaces(std::shared_ptr<const ArtifactRepository> proxied,
                               std::vector<std::string> local)
    : proxied_(std::move(proxied)) {
  for (const std::string& folder : local) local_.push_back(Normal(folder));
}

Result<std::shared_ptr<const ArtifactRepository>> ArtifactPlaces::Find(
    const std::string& location) const {
  std::optional<std::string> proxied = ProxiedPath(location);
  if (!proxied && proxied_->is_remote() && IsBelow(location, proxied_->name()))
    proxied = location.substr(std::min(proxied_->name().size() + 1, location.size()));
  if (proxied) {
    REEVE_ASSIGN_OR_RETURN(const std::string path, SafeArtifactPath(*proxied));
    return proxied_->Below(path);
  }
  Result<std::string> path =
      tracking::LocalPath(location, proxied_->is_remote() ? "/" : proxied_->name());
  if (path.ok()) {
    const std::string normal = Normal(*path);
    const bool is_ours = std::any_of(local_.begin(), local_.end(), [&](const std::string& folder) {
      return IsBelow(normal, folder);
    });
    if (is_ours) return std::make_shared<ArtifactFolder>(normal);
  }
  return Status::InvalidArgument("artifacts at " + Quote(location, 400) +
                                 " do not lie behind this server; clients reach them themselves");
}

}  // namespace reeve::server
