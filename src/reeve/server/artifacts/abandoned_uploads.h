#pragma once

#include <cstdint>
#include <string>

#include "reeve/base/result.h"

namespace reeve::server {

/// Removes what uploads and deletions left hidden below `root` when their process was killed:
/// whatever nobody touched for `idle_seconds`, so that those on their way stay. Gives how many it
/// were; 0 when there is no root. Looks at every file, so not for a thread that answers requests.
Result<std::int64_t> RemoveAbandonedUploads(const std::string& root,
                                            std::int64_t idle_seconds = 24 * 3600);

}  // namespace reeve::server
