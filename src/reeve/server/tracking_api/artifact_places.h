#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::server {

/// Which folder of this machine an artifact location of the database means.
///
/// Clients name locations when they make experiments, so a local one counts only below the folders
/// that this server was told to keep artifacts in: nobody reads the rest of the disk through it.
/// Immutable, so thread-safe.
class ArtifactPlaces {
 public:
  /// `proxied` holds what lies at mlflow-artifacts:/; `local` are further absolute folders.
  ArtifactPlaces(std::string proxied, std::vector<std::string> local);

  const std::string& proxied() const { return proxied_; }

  /// mlflow-artifacts:/x and http(s)://…/mlflow-artifacts/artifacts/x lie below the proxied folder,
  /// file: URIs and paths where they say. Fails with kInvalidArgument for other schemes, for paths
  /// that climb, and for folders that are none of ours.
  Result<std::string> FolderOf(const std::string& location) const;

 private:
  std::string proxied_;
  std::vector<std::string> local_;
};

}  // namespace reeve::server
