#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reeve/server/artifacts/artifact_routes.h"
#include "reeve/server/artifacts/parted_uploads.h"

namespace reeve::server {

/// mpu/create, complete and abort below `prefix`, and the addresses that create gives out:
/// PUT mpu/part/{upload}/{number}, unless the parts go elsewhere.
std::vector<Route> MultipartRoutes(const ArtifactRouteOptions& options, const std::string& prefix,
                                   const std::shared_ptr<PartedUploads>& uploads);

}  // namespace reeve::server
