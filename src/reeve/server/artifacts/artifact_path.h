#pragma once

#include <string>
#include <string_view>

#include "reeve/base/result.h"

namespace reeve::server {

/// Files whose names begin so are uploads on their way: never listed, read or written by name.
/// MLflow uses the same, so that both can work in one folder.
inline constexpr std::string_view kUploadPrefix = ".artifact.uploading.";

/// The path of an artifact below its root, made from what a client sent: percent-decoded until it
/// changes no more, "." and empty segments dropped, control characters written as %XX; "" is the
/// root itself.
///
/// Fails with kInvalidArgument ("Invalid path …", as MLflow) for "..", absolute paths of any
/// system, file URIs, "#", what is not UTF-8, names that are reserved or too long, and escapes
/// nested deeper than anyone means. What it gives never leads out of the root by itself; symbolic
/// links are ArtifactFolder's part.
Result<std::string> SafeArtifactPath(std::string_view given);

}  // namespace reeve::server
