#pragma once

#include <memory>
#include <string>

#include "reeve/base/result.h"
#include "reeve/server/artifacts/artifact_repository.h"

namespace reeve::server {

/// What --artifacts-destination names: a path, which may climb, a file: URI, or s3://BUCKET/PATH
/// with the key and the address that the environment names (docs/guide/s3.md). Nothing is made and
/// no bucket is asked yet. Fails with kInvalidArgument for what is none of these and for an
/// environment without a key, kUnavailable for other stores.
Result<std::shared_ptr<const ArtifactRepository>> OpenArtifactDestination(const std::string& place);

}  // namespace reeve::server
