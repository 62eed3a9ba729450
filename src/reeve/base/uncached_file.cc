#include "reeve/base/uncached_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "reeve/base/file_error.h"

namespace reeve {

Result<std::unique_ptr<WritableFile>> UncachedFile::Create(const std::string& path, Cache cache) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  int descriptor = -1;
  if (cache == Cache::kAvoid) descriptor = ::open(path.c_str(), kFlags | O_DIRECT, 0644);
  // Some file systems cannot do without.
  if (descriptor < 0) descriptor = ::open(path.c_str(), kFlags, 0644);
  if (descriptor < 0) return FileError(path, "cannot be created", errno);
  Buffer buffer(static_cast<char*>(std::aligned_alloc(kPageBytes, kBufferBytes)));
  if (!buffer) {
    ::close(descriptor);
    return FileError(path, "cannot be created", ENOMEM);
  }
  return std::unique_ptr<WritableFile>(new UncachedFile(path, descriptor, std::move(buffer)));
}

UncachedFile::UncachedFile(std::string path, int descriptor, Buffer buffer)
    : path_(std::move(path)), descriptor_(descriptor), buffer_(std::move(buffer)) {}

UncachedFile::~UncachedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status UncachedFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kBufferBytes - used_);
    std::memcpy(buffer_.get() + used_, bytes.data(), count);
    used_ += count;
    has_news_ = true;
    bytes.remove_prefix(count);
    if (used_ == kBufferBytes) REEVE_RETURN_IF_ERROR(WriteBuffer());
  }
  return Status::Ok();
}

Status UncachedFile::AppendPages(std::string_view bytes) {
  REEVE_RETURN_IF_ERROR(WriteBuffer());
  // What fills up its last page stays.
  if (used_ > 0) offset_ += kPageBytes;
  used_ = 0;
  return WritePages(bytes.data(), (bytes.size() + kPageBytes - 1) / kPageBytes * kPageBytes);
}

Status UncachedFile::Sync() {
  REEVE_RETURN_IF_ERROR(WriteBuffer());
  return ::fsync(descriptor_) == 0 ? Status::Ok()
                                   : FileError(path_, "cannot be synced to disk", errno);
}

Status UncachedFile::Close() {
  Status status = WriteBuffer();
  const auto size = static_cast<off_t>(offset_ + used_);
  if (status.ok() && used_ > 0 && ::ftruncate(descriptor_, size) != 0)
    status = FileError(path_, "cannot be written", errno);
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0 && status.ok()) status = FileError(path_, "cannot be closed", errno);
  return status;
}

// A file system may take the flag and refuse such writes.
bool UncachedFile::StopAvoidingCache() const {
  const int flags = ::fcntl(descriptor_, F_GETFL);
  return flags >= 0 && (flags & O_DIRECT) != 0 &&
         ::fcntl(descriptor_, F_SETFL, flags & ~O_DIRECT) == 0;
}

Status UncachedFile::WriteBuffer() {
  if (!has_news_) return Status::Ok();
  const std::size_t whole = used_ / kPageBytes * kPageBytes, part = used_ - whole;
  const std::size_t size = part > 0 ? whole + kPageBytes : whole;
  std::memset(buffer_.get() + used_, 0, size - used_);
  REEVE_RETURN_IF_ERROR(WritePages(buffer_.get(), size));
  // The last page is written again, with what comes behind it.
  std::memcpy(buffer_.get(), buffer_.get() + whole, part);
  if (part > 0) offset_ -= kPageBytes;
  used_ = part;
  has_news_ = false;
  return Status::Ok();
}

Status UncachedFile::WritePages(const char* pages, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t written =
        ::pwrite(descriptor_, pages + done, bytes - done, static_cast<off_t>(offset_ + done));
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR && (errno != EINVAL || !StopAvoidingCache())) {
      return FileError(path_, "cannot be written", errno);
    }
  }
  offset_ += bytes;
  return Status::Ok();
}

}  // namespace reeve
