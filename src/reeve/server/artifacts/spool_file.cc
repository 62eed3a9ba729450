#include "reeve/server/artifacts/spool_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "reeve/base/environment.h"
#include "reeve/base/text.h"

namespace reeve::server {

namespace {

std::string Folder() {
  std::string folder = EnvironmentVariable("TMPDIR");
  return folder.empty() ? "/tmp" : folder;
}

}  // namespace

Result<std::unique_ptr<SpoolFile>> SpoolFile::Create(const std::string& name, std::uint64_t size) {
  const std::string folder = Folder();
  struct statvfs facts;
  if (size > 0 && ::statvfs(folder.c_str(), &facts) == 0) {
    const auto room = static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
    if (room < size) {
      return Status::Unavailable(Quote(name, 400) + " has " + std::to_string(size) +
                                 " bytes, the disk that keeps uploads on their way has room for " +
                                 std::to_string(room));
    }
  }
  std::string path = folder + "/reeve-upload-XXXXXX";
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return Status::Io(Quote(name, 400) +
                      " cannot be kept in the server's TMPDIR: " + std::strerror(errno));
  }
  ::unlink(path.c_str());
  return std::make_unique<SpoolFile>(descriptor, name);
}

SpoolFile::~SpoolFile() { ::close(descriptor_); }

Status SpoolFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      disk_full_ = errno == ENOSPC || errno == EDQUOT;
      return Status::Io(Quote(name_, 400) +
                        " cannot be kept in the server's TMPDIR: " + std::strerror(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Status::Ok();
}

std::string SpoolFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

}  // namespace reeve::server
