#include "reeve/base/file_error.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "reeve/base/text.h"

namespace reeve {
namespace {

// The path that stands in messages: a file or folder that is written beside its place, as
// "model.tmp-0123abcd", goes by the name that it will get.
std::string ShownPath(const std::string& path) {
  constexpr std::string_view kMark = ".tmp-";
  constexpr std::size_t kDigits = 8;
  const std::size_t begin = path.rfind(kMark), end = begin + kMark.size() + kDigits;
  const bool is_temporary =
      begin != std::string::npos && (end == path.size() || (end < path.size() && path[end] == '/'));
  return is_temporary ? path.substr(0, begin) + path.substr(end) : path;
}

}  // namespace

Status FileError(const std::string& path, std::string_view what, int error) {
  const std::string message = Quote(ShownPath(path), kPathInMessage) + " " + std::string(what) +
                              ": " + std::strerror(error);
  if (error == ENOENT) return Status::NotFound(message);
  if (error == EEXIST) return Status::AlreadyExists(message);
  Status status = Status::Io(message);
  if (error == ENOSPC || error == EDQUOT)
    return std::move(status).WithFix("free space on that disk, then run it again");
  return status;
}

}  // namespace reeve
