#pragma once

#include <string>
#include <string_view>

#include "reeve/base/result.h"

namespace reeve::tracking {

/// Where an artifact location is on this disk. file: URIs and plain paths (relative ones against
/// `store_folder`) are themselves; mlflow-artifacts:/x is <store_folder>/mlartifacts/x, where a
/// default MLflow server keeps it. Fails with kUnavailable for other schemes (s3:, gs:, …) and
/// hosts, kInvalidArgument for paths that are empty, hold a zero byte or climb with "..".
Result<std::string> LocalPath(const std::string& uri, const std::string& store_folder);

/// file:///… of an absolute path, other characters than letters, digits and -._~/ escaped.
std::string FileUri(const std::string& path);

/// A location with parts added behind a slash.
std::string JoinUri(const std::string& uri, const std::string& part);

}  // namespace reeve::tracking
