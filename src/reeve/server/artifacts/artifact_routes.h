#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/server/artifacts/artifact_repository.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// What the artifact endpoints work with.
struct ArtifactRouteOptions {
  /// What holds everything.
  std::shared_ptr<const ArtifactRepository> repository;
  /// Who may list and download.
  Role read_role = Role::kRead;
  /// Who may upload and delete.
  Role write_role = Role::kWrite;
  /// "https://host/prefix" under which clients reach this server, for the addresses of multipart
  /// uploads; empty: what the request's Host (or a proxy's X-Forwarded-Host and -Proto) says, and
  /// `static_prefix`.
  std::string public_url = {};
  /// Below which the routes will be moved, see static_prefix.h.
  std::string static_prefix = {};
  /// The server itself speaks TLS.
  bool https = false;
};

/// MLflow's artifact proxy, below /api/2.0/mlflow-artifacts and /ajax-api/2.0/mlflow-artifacts:
/// PUT, GET and DELETE artifacts/{path}, GET artifacts?path= (a listing), mpu/create, complete and
/// abort, and presigned/{path}, which a folder does not have (501). Bodies are streamed both ways;
/// what waits for another machine runs beside the I/O threads.
///
/// Parts of a multipart upload are PUT to the presigned addresses of the bucket, or to ones of this
/// server that hold a secret of 128 bits and are open to whoever knows them, as those of buckets
/// are: clients send no token there.
std::vector<Route> ArtifactRoutes(const ArtifactRouteOptions& options);

}  // namespace reeve::server
