#include "reeve/ingest/head_bytes.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <zlib.h>
#include <zstd.h>

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

Result<File> OpenFile(const std::string& path) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file)
    return Status::Io("file " + Quote(path, 400) + " cannot be opened: " + std::strerror(errno));
  return file;
}

Status Damaged(const std::string& path, const std::string& what) {
  return Status::InvalidData(path + ": " + what + ", expected a whole compressed file")
      .WithFix("fetch or compress the file again");
}

// gzread reads other files as they are, so the magic number is looked at first.
Result<gzFile> OpenGzip(const std::string& path) {
  REEVE_ASSIGN_OR_RETURN(const File file, OpenFile(path));
  std::array<unsigned char, 2> magic = {};
  if (std::fread(magic.data(), 1, 2, file.get()) != 2 || magic[0] != 0x1F || magic[1] != 0x8B) {
    return Damaged(path, "found no gzip data in a file that ends in .gz");
  }
  const gzFile gz = ::gzopen(path.c_str(), "rb");
  if (gz == nullptr) return Status::Io("file " + Quote(path, 400) + " cannot be opened");
  return gz;
}

Result<HeadBytes> ReadPlain(const std::string& path, std::size_t most) {
  REEVE_ASSIGN_OR_RETURN(const File file, OpenFile(path));
  HeadBytes head;
  head.bytes.resize(most);
  head.bytes.resize(std::fread(head.bytes.data(), 1, most, file.get()));
  if (std::ferror(file.get()) != 0)
    return Status::Io("file " + Quote(path, 400) + " cannot be read");
  head.is_whole = head.bytes.size() < most;
  return head;
}

// Reads a gzip file to its end, keeping the first bytes.
Result<HeadBytes> ReadGzip(const std::string& path, std::size_t most) {
  REEVE_ASSIGN_OR_RETURN(const gzFile gz, OpenGzip(path));
  ::gzbuffer(gz, 1 << 18);
  HeadBytes head{.bytes = {}, .is_whole = true};
  std::array<char, 1 << 16> block;
  int got = 0;
  while ((got = ::gzread(gz, block.data(), block.size())) > 0) {
    const std::size_t kept = std::min(most - head.bytes.size(), static_cast<std::size_t>(got));
    head.bytes.append(block.data(), kept);
    head.is_whole = head.is_whole && kept == static_cast<std::size_t>(got);
  }
  int code = Z_OK;
  ::gzerror(gz, &code);
  const int close_code = ::gzclose(gz);
  if (code == Z_DATA_ERROR)
    return Damaged(path, "gzip data are damaged (checksum or contents do not match)");
  if (got < 0 || code == Z_BUF_ERROR || close_code == Z_BUF_ERROR)
    return Damaged(path, "gzip data are truncated (unexpected end)");
  return head;
}

Result<HeadBytes> ReadZstd(const std::string& path, std::size_t most) {
  REEVE_ASSIGN_OR_RETURN(const File file, OpenFile(path));
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                             &ZSTD_freeDStream);
  HeadBytes head;
  std::string input(ZSTD_DStreamInSize(), '\0'), output(ZSTD_DStreamOutSize(), '\0');
  bool ended = false;
  while (head.bytes.size() < most && !ended) {
    ZSTD_inBuffer in{input.data(), std::fread(input.data(), 1, input.size(), file.get()), 0};
    ended = in.size == 0;
    while (in.pos < in.size) {
      ZSTD_outBuffer out{output.data(), output.size(), 0};
      if (ZSTD_isError(ZSTD_decompressStream(stream.get(), &out, &in)) != 0)
        return Damaged(path, "zstd data are damaged");
      head.bytes.append(output.data(), out.pos);
    }
  }
  head.is_whole = ended;
  if (head.bytes.size() > most) {
    head.bytes.resize(most);
    head.is_whole = false;
  }
  return head;
}

}  // namespace

Result<HeadBytes> ReadHead(const std::string& path, std::size_t most) {
  const std::string lower = ToLower(path);
  if (lower.ends_with(".gz")) return ReadGzip(path, most);
  if (lower.ends_with(".zst")) return ReadZstd(path, most);
  return ReadPlain(path, most);
}

Status VerifyGzip(const std::string& path) { return ReadGzip(path, 0).status(); }

}  // namespace reeve::ingest
