#include "reeve/server/artifacts/staged_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/log.h"
#include "reeve/base/text.h"
#include "reeve/server/artifacts/artifact_path.h"

namespace reeve::server {

namespace {

namespace fs = std::filesystem;

// After so many bytes the disk begins to write, so that syncing at the end waits for little.
constexpr std::uint64_t kWriteBehind = 8 << 20;
constexpr std::size_t kCopyBuffer = 256 << 10;

bool IsFull(int error) { return error == ENOSPC || error == EDQUOT; }

// What the client asked for, not the machine, is at fault.
bool IsOfThePath(int error) {
  return error == ENOTDIR || error == EEXIST || error == EISDIR || error == ENAMETOOLONG ||
         error == EINVAL;
}

Status FromErrno(const std::string& name, std::string_view what, int error) {
  auto message = Quote(name, 400) + " " + std::string(what) + ": " + std::strerror(error);
  if (IsOfThePath(error)) return Status::InvalidArgument(std::move(message));
  if (!IsFull(error)) return Status::Io(std::move(message));
  return Status::Io(std::move(message)).WithFix("free space on that disk, then upload it again");
}

}  // namespace

Result<std::unique_ptr<StagedFile>> StagedFile::Create(const std::string& target,
                                                       const std::string& name) {
  const auto folder = ParentFolder(target);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return FromErrno(name, "cannot have its folder made", error.value());
  if (fs::is_directory(target, error)) {
    return Status::InvalidArgument(Quote(name, 400) + " is a folder, expected a file's name");
  }
  auto hidden = JoinPath(folder, std::string(kUploadPrefix) + NewId());
  const int descriptor = ::open(hidden.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return FromErrno(name, "cannot be written", errno);
  return std::make_unique<StagedFile>(descriptor, Places{std::move(hidden), target, name});
}

StagedFile::StagedFile(int descriptor, Places places)
    : descriptor_(descriptor), places_(std::move(places)) {}

StagedFile::~StagedFile() {
  if (!published_) ::unlink(places_.hidden.c_str());
  ::close(descriptor_);
}

Status StagedFile::Failed(std::string_view what, int error) {
  if (IsFull(error)) disk_full_.store(true, std::memory_order_relaxed);
  return FromErrno(places_.name, what, error);
}

Status StagedFile::Write(std::uint64_t offset, std::string_view bytes) {
  const std::uint64_t before = unsynced_.fetch_add(bytes.size(), std::memory_order_relaxed);
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("cannot be written", errno);
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (before / kWriteBehind != unsynced_.load(std::memory_order_relaxed) / kWriteBehind) {
    (void)::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);  // a hint: may not be heard
  }
  return Status::Ok();
}

Status StagedFile::Copy(const StagedFile& other, std::uint64_t length, std::uint64_t offset) {
  auto from = static_cast<off_t>(0);
  auto to = static_cast<off_t>(offset);
  while (length > 0) {
    const ssize_t copied = ::copy_file_range(other.descriptor_, &from, descriptor_, &to, length, 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0 && IsFull(errno)) return Failed("cannot be written", errno);
    if (copied <= 0) break;
    length -= static_cast<std::uint64_t>(copied);
  }
  // File systems that do not know the call.
  std::string buffer(std::min<std::uint64_t>(length, kCopyBuffer), '\0');
  while (length > 0) {
    const auto wanted = std::min<std::uint64_t>(length, buffer.size());
    const ssize_t got = ::pread(other.descriptor_, buffer.data(), wanted, from);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Failed("cannot be put together", got < 0 ? errno : EIO);
    const auto size = static_cast<std::size_t>(got);
    REEVE_RETURN_IF_ERROR(
        Write(static_cast<std::uint64_t>(to), std::string_view(buffer).substr(0, size)));
    from += got;
    to += got;
    length -= size;
  }
  return Status::Ok();
}

Status StagedFile::Resize(std::uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) == 0) return Status::Ok();
  return Failed("cannot be written", errno);
}

Status StagedFile::Publish() {
  if (::fdatasync(descriptor_) != 0) return Failed("cannot be synced to disk", errno);
  if (::rename(places_.hidden.c_str(), places_.target.c_str()) != 0)
    return Failed("cannot be put in place", errno);
  published_ = true;
  // It is there: that a crash of the machine could still undo the name is no failed upload.
  const Status synced = FileSystem::System().SyncFolder(ParentFolder(places_.target));
  if (!synced.ok()) Log(LogLevel::kWarning, synced.message());
  return Status::Ok();
}

}  // namespace reeve::server
