#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/artifacts/artifact_repository.h"

namespace reeve::server {

/// Which folder of this machine, or of the bucket behind it, an artifact location of the database
/// means.
///
/// Clients name locations when they make experiments, so a local one counts only below the folders
/// that this server was told to keep artifacts in: nobody reads the rest of the disk through it.
/// Immutable, so thread-safe.
class ArtifactPlaces {
 public:
  /// `proxied` holds what lies at mlflow-artifacts:/; `local` are absolute folders that may be
  /// named themselves.
  ArtifactPlaces(std::shared_ptr<const ArtifactRepository> proxied, std::vector<std::string> local);

  const std::shared_ptr<const ArtifactRepository>& proxied() const { return proxied_; }

  /// mlflow-artifacts:/x and http(s)://…/mlflow-artifacts/artifacts/x lie in the folder x of what
  /// is proxied, s3://BUCKET/PATH/x too where that is s3://BUCKET/PATH; file: URIs and paths lie
  /// where they say. Fails with kInvalidArgument for other schemes, for paths that climb, and for
  /// folders that are none of ours.
  Result<std::shared_ptr<const ArtifactRepository>> Find(const std::string& location) const;

 private:
  std::shared_ptr<const ArtifactRepository> proxied_;
  std::vector<std::string> local_;
};

}  // namespace reeve::server
