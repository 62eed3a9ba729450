#include "reeve/ingest/standard_input.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

#include "reeve/base/text.h"
#include "reeve/ingest/byte_source.h"

namespace reeve::ingest {
namespace {

constexpr std::size_t kHeadBytes = 4096;
constexpr const char* kName = "standard input";

Status NotKept(const std::string& path, int error) {
  return Status::Io("standard input cannot be kept in " + Quote(path, 400) + ": " +
                    std::strerror(error))
      .WithFix("set TMPDIR to a folder with enough space");
}

Status WriteAll(int descriptor, const char* bytes, std::size_t count, const std::string& path) {
  while (count > 0) {
    const ssize_t put = ::write(descriptor, bytes, count);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return NotKept(path, errno);
    bytes += put;
    count -= static_cast<std::size_t>(put);
  }
  return Status::Ok();
}

Status CopyInto(int descriptor, const std::string& path) {
  std::array<char, 1 << 16> block;
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Status::Io(std::string("standard input cannot be read: ") + std::strerror(errno));
    }
    if (got == 0) return Status::Ok();
    REEVE_RETURN_IF_ERROR(WriteAll(descriptor, block.data(), static_cast<std::size_t>(got), path));
  }
}

// The first bytes, seen through the compression that the file's ending names.
Result<std::string> HeadOf(const std::string& path) {
  REEVE_ASSIGN_OR_RETURN(const auto bytes, ByteSource::Open(path, kName));
  std::string head(kHeadBytes, '\0');
  REEVE_ASSIGN_OR_RETURN(const std::size_t got, bytes->Read(head.data(), head.size()));
  head.resize(got);
  return head;
}

Status AppendEnding(std::string& path, const std::string& ending) {
  const std::string from = path;
  path += ending;
  return std::rename(from.c_str(), path.c_str()) == 0 ? Status::Ok() : NotKept(path, errno);
}

Status NameByContent(std::string& path) {
  REEVE_ASSIGN_OR_RETURN(std::string head, HeadOf(path));
  std::string compression;
  if (head.starts_with("\x1F\x8B")) compression = ".gz";
  if (head.starts_with("\x28\xB5\x2F\xFD")) compression = ".zst";
  if (!compression.empty()) {
    REEVE_RETURN_IF_ERROR(AppendEnding(path, compression));
    REEVE_ASSIGN_OR_RETURN(head, HeadOf(path));
  }
  std::string format = ".csv";
  if (head.starts_with("PAR1")) format = ".parquet";
  if (Trim(head).starts_with('{')) format = ".jsonl";
  return AppendEnding(path, format + compression);
}

}  // namespace

Result<std::string> SpoolStandardInput() {
  const char* const set = std::getenv("TMPDIR");
  const std::string folder = set != nullptr && set[0] != '\0' ? set : "/tmp";
  std::string path = folder + "/reeve-stdin-XXXXXX";
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) return NotKept(path, errno);
  Status status = CopyInto(descriptor, path);
  if (::close(descriptor) != 0 && status.ok()) status = NotKept(path, errno);
  if (status.ok()) status = NameByContent(path);
  if (status.ok()) return path;
  ::unlink(path.c_str());
  return status;
}

}  // namespace reeve::ingest
