#include "reeve/predictions/log_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reeve/base/text.h"

namespace reeve::predictions {
namespace {

constexpr std::size_t kWindow = 1U << 20;
// As the format names it.
constexpr std::size_t kPageBytes = 4096;

class FileBytes : public BytesAt {
 public:
  FileBytes(std::string path, int descriptor, std::uint64_t size)
      : path_(std::move(path)), descriptor_(descriptor), size_(size) {}
  ~FileBytes() override { ::close(descriptor_); }

  std::uint64_t size() const override { return size_; }

  Result<std::string> Read(std::uint64_t offset, std::size_t count) override {
    if (offset >= size_) return std::string();
    std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset)),
                      '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = ::pread(descriptor_, bytes.data() + filled, bytes.size() - filled,
                                  static_cast<off_t>(offset + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Status::Io(Quote(path_) + " cannot be read: " + std::strerror(errno));
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
  }

 private:
  const std::string path_;
  const int descriptor_;
  const std::uint64_t size_;
};

class MemoryBytes : public BytesAt {
 public:
  explicit MemoryBytes(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::string> Read(std::uint64_t offset, std::size_t count) override {
    if (offset >= bytes_.size()) return std::string();
    return std::string(bytes_.substr(static_cast<std::size_t>(offset), count));
  }

 private:
  const std::string_view bytes_;
};

// The head at `offset` if there is one and its payload is all there.
Result<std::optional<BlockHead>> HeadAt(BytesAt& bytes, std::uint64_t offset) {
  REEVE_ASSIGN_OR_RETURN(const std::string head_bytes, bytes.Read(offset, kBlockHeadBytes));
  if (head_bytes.size() < kBlockHeadBytes) return std::optional<BlockHead>();
  std::optional<BlockHead> head = DecodeBlockHead(head_bytes);
  if (head && head->stored_bytes > bytes.size() - offset - kBlockHeadBytes) head.reset();
  return head;
}

// The first offset from `from` on where a whole block is, or the end.
Result<std::uint64_t> NextBlock(BytesAt& bytes, std::uint64_t from) {
  while (from < bytes.size()) {
    REEVE_ASSIGN_OR_RETURN(const std::string window, bytes.Read(from, kWindow));
    if (window.size() < kBlockMark.size()) break;
    for (std::size_t at = window.find(kBlockMark); at != std::string::npos;
         at = window.find(kBlockMark, at + 1)) {
      // Bytes full of marks are no reason to read each of them from the file again.
      const std::string_view rest = std::string_view(window).substr(at);
      if (rest.size() >= kBlockHeadBytes && !DecodeBlockHead(rest)) continue;
      REEVE_ASSIGN_OR_RETURN(const std::optional<BlockHead> head, HeadAt(bytes, from + at));
      if (head) return from + at;
    }
    // A mark may lie across the end of the window.
    from += window.size() - (kBlockMark.size() - 1);
  }
  return bytes.size();
}

// Where the zeros end that fill up the page that `offset` is in, or `offset` if there are none.
// They may be cut off meanwhile, by the writer who closes the file.
Result<std::uint64_t> BehindFilling(BytesAt& bytes, std::uint64_t offset) {
  const std::size_t left = kPageBytes - offset % kPageBytes;
  if (left == kPageBytes) return offset;
  REEVE_ASSIGN_OR_RETURN(const std::string filling, bytes.Read(offset, left));
  const bool are_zeros = filling.find_first_not_of('\0') == std::string::npos;
  return are_zeros ? std::min<std::uint64_t>(offset + left, bytes.size()) : offset;
}

}  // namespace

Result<std::unique_ptr<BytesAt>> BytesAt::OpenFile(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    const std::string message = Quote(path) + " cannot be opened: " + std::strerror(errno);
    return errno == ENOENT ? Status::NotFound(message) : Status::Io(message);
  }
  struct stat info;
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(descriptor);
    return Status::Io(Quote(path) + " is no regular file");
  }
  return std::unique_ptr<BytesAt>(
      std::make_unique<FileBytes>(path, descriptor, static_cast<std::uint64_t>(info.st_size)));
}

std::unique_ptr<BytesAt> BytesAt::OfMemory(std::string_view bytes) {
  return std::make_unique<MemoryBytes>(bytes);
}

Result<FileBlocks> FindBlocks(BytesAt& bytes) {
  FileBlocks found;
  REEVE_ASSIGN_OR_RETURN(const std::string head_bytes, bytes.Read(0, kFileHeadBytes));
  REEVE_ASSIGN_OR_RETURN(found.head, DecodeFileHead(head_bytes));
  std::uint64_t offset = kFileHeadBytes;
  while (offset < bytes.size()) {
    REEVE_ASSIGN_OR_RETURN(const std::optional<BlockHead> head, HeadAt(bytes, offset));
    if (head) {
      found.blocks.push_back({*head, offset + kBlockHeadBytes});
      offset += kBlockHeadBytes + head->stored_bytes;
      continue;
    }
    REEVE_ASSIGN_OR_RETURN(const std::uint64_t page, BehindFilling(bytes, offset));
    if (page > offset) {
      offset = page;
      continue;
    }
    REEVE_ASSIGN_OR_RETURN(const std::uint64_t next, NextBlock(bytes, offset + 1));
    if (next >= bytes.size()) {
      found.torn_bytes = bytes.size() - offset;
      break;
    }
    ++found.damaged;
    offset = next;
  }
  return found;
}

Result<std::string> ReadPayload(BytesAt& bytes, const BlockPlace& place) {
  REEVE_ASSIGN_OR_RETURN(const std::string stored,
                         bytes.Read(place.offset, place.head.stored_bytes));
  return DecodePayload(place.head, stored);
}

}  // namespace reeve::predictions
