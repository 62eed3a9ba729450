#pragma once

#include <string_view>

#include "reeve/server/artifacts/artifact_repository.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// Answers a GET or HEAD with the artifact at `path` (as the client sent it) of `repository`: as a
/// download that no browser shows as a page of ours, with the type its name says.
///
/// Knows Range (one; several are answered with the whole file), If-Range, If-None-Match and
/// If-Modified-Since (RFC 9110). Errors in MLflow's form: 400 for paths that are refused and for
/// folders, 404, 416.
void ServeFile(const Request& request, Response& response, const ArtifactRepository& repository,
               std::string_view path);

}  // namespace reeve::server
