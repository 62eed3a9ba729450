#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/tracking/records.h"

namespace reeve::tracking {

/// Files below a folder of this disk, by path; none when there is no such folder. Symbolic links
/// are left out: they may lead anywhere.
Result<std::vector<ArtifactFile>> ListTree(const std::string& folder);

/// Copies a file, making the folders above `target`; it is there whole or not at all.
Status CopyWhole(const std::string& source, const std::string& target);

/// Whether `path` names a file below a folder: not empty, not absolute, without ".." and
/// backslashes.
bool IsPathBelow(const std::string& path);

/// Whether it is one name in a folder, which cannot lead anywhere else: UTF-8 of at most 255 bytes
/// without slashes, backslashes and control characters, neither "." nor "..".
bool IsPlainName(const std::string& name);

}  // namespace reeve::tracking
