#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reeve/base/status.h"

namespace reeve {

/// Longest part of a path that stands in a message.
inline constexpr std::size_t kPathInMessage = 400;

/// What a call of the system said about `path`, which "cannot be written", say. `error` is its
/// errno. A file that is written beside its place goes by the name that it will get. kNotFound,
/// kAlreadyExists, else kIo.
Status FileError(const std::string& path, std::string_view what, int error);

}  // namespace reeve
