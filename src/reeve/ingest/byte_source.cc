#include "reeve/ingest/byte_source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>

#include <zlib.h>
#include <zstd.h>

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

constexpr std::size_t kBlockBytes = 1 << 18;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

Result<File> OpenFile(const std::string& path, const std::string& name) {
  File file(std::fopen(path.c_str(), "rb"));
  if (file) return file;
  return Status::Io("file " + Quote(name, 400) + " cannot be opened: " + std::strerror(errno));
}

Status Damaged(const std::string& name, const std::string& what) {
  return Status::InvalidData(name + ": " + what + ", expected a whole compressed file")
      .WithFix("fetch or compress the file again");
}

class PlainSource final : public ByteSource {
 public:
  PlainSource(File file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  Result<std::size_t> Read(char* to, std::size_t most) override {
    const std::size_t got = std::fread(to, 1, most, file_.get());
    if (std::ferror(file_.get()) == 0) return got;
    return Status::Io("file " + Quote(name_, 400) + " cannot be read: " + std::strerror(errno));
  }

 private:
  File file_;
  std::string name_;
};

class GzipSource final : public ByteSource {
 public:
  GzipSource(File file, std::string name) : file_(std::move(file)), name_(std::move(name)) {
    // 15 bits of window; 16 more mean a gzip header and trailer, both checked.
    ready_ = ::inflateInit2(&stream_, 15 + 16) == Z_OK;
  }
  ~GzipSource() override { ::inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Result<std::size_t> Read(char* to, std::size_t most) override {
    if (!ready_) return Status::Io(name_ + ": no memory to decompress it");
    most = std::min<std::size_t>(most, std::numeric_limits<uInt>::max());
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(most);
    while (stream_.avail_out == most && !ended_) {
      REEVE_RETURN_IF_ERROR(Refill());
      if (!ended_) REEVE_RETURN_IF_ERROR(Inflate());
    }
    return most - stream_.avail_out;
  }

 private:
  Status Refill() {
    if (stream_.avail_in > 0) return Status::Ok();
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(std::fread(input_.data(), 1, input_.size(), file_.get()));
    if (std::ferror(file_.get()) != 0) {
      return Status::Io("file " + Quote(name_, 400) + " cannot be read: " + std::strerror(errno));
    }
    if (!seen_magic_ && (stream_.avail_in < 2 || input_[0] != 0x1F || input_[1] != 0x8B)) {
      return Damaged(name_, "found no gzip data in a file that ends in .gz");
    }
    seen_magic_ = true;
    if (stream_.avail_in > 0) return Status::Ok();
    if (!between_members_) return Damaged(name_, "gzip data are truncated (unexpected end)");
    ended_ = true;
    return Status::Ok();
  }

  Status Inflate() {
    if (between_members_ && *stream_.next_in == 0) {
      // Tapes and some tools fill up the last block with zeros.
      ++stream_.next_in;
      --stream_.avail_in;
      return Status::Ok();
    }
    between_members_ = false;
    const int code = ::inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      between_members_ = true;
      ::inflateReset(&stream_);
      return Status::Ok();
    }
    if (code == Z_OK || code == Z_BUF_ERROR) return Status::Ok();
    return Damaged(name_, "gzip data are damaged (the contents or their checksum do not match)");
  }

  File file_;
  std::string name_;
  z_stream stream_ = {};
  std::array<unsigned char, kBlockBytes> input_ = {};
  bool ready_ = false;
  bool between_members_ = false;
  bool ended_ = false;
  bool seen_magic_ = false;
};

class ZstdSource final : public ByteSource {
 public:
  ZstdSource(File file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  Result<std::size_t> Read(char* to, std::size_t most) override {
    ZSTD_outBuffer out{to, most, 0};
    while (out.pos == 0 && most > 0) {
      if (in_.pos == in_.size && !has_more_) {
        in_ = {input_.data(), std::fread(input_.data(), 1, input_.size(), file_.get()), 0};
        if (std::ferror(file_.get()) != 0) {
          return Status::Io("file " + Quote(name_, 400) +
                            " cannot be read: " + std::strerror(errno));
        }
        if (in_.size == 0) break;
      }
      const bool at_start = !seen_frame_;
      left_ = ZSTD_decompressStream(stream_.get(), &out, &in_);
      if (ZSTD_isError(left_) != 0) {
        return Damaged(name_, at_start ? "found no zstd data in a file that ends in .zst"
                                       : "zstd data are damaged");
      }
      seen_frame_ = true;
      has_more_ = left_ != 0 && out.pos == out.size;
    }
    // At the end of a frame nothing more is expected; in the middle of one, something is.
    if (out.pos == 0 && (left_ != 0 || !seen_frame_)) {
      return Damaged(name_, "zstd data are truncated (unexpected end)");
    }
    return out.pos;
  }

 private:
  File file_;
  std::string name_;
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_{ZSTD_createDStream(),
                                                                        &ZSTD_freeDStream};
  std::array<char, kBlockBytes> input_ = {};
  ZSTD_inBuffer in_{nullptr, 0, 0};
  // What the decoder still expects of this frame; 0 between frames.
  std::size_t left_ = 0;
  // The decoder may hold bytes that found no room in the output.
  bool has_more_ = false;
  bool seen_frame_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> ByteSource::Open(const std::string& path,
                                                     const std::string& name) {
  REEVE_ASSIGN_OR_RETURN(File file, OpenFile(path, name));
  const std::string lower = ToLower(path);
  std::unique_ptr<ByteSource> source;
  if (lower.ends_with(".gz")) {
    source = std::make_unique<GzipSource>(std::move(file), name);
  } else if (lower.ends_with(".zst")) {
    source = std::make_unique<ZstdSource>(std::move(file), name);
  } else {
    source = std::make_unique<PlainSource>(std::move(file), name);
  }
  return source;
}

Status VerifyCompressed(const std::string& path, const std::string& name) {
  const std::string lower = ToLower(path);
  if (!lower.ends_with(".gz") && !lower.ends_with(".zst")) return Status::Ok();
  REEVE_ASSIGN_OR_RETURN(const auto source, ByteSource::Open(path, name));
  std::string block(kBlockBytes, '\0');
  for (;;) {
    REEVE_ASSIGN_OR_RETURN(const std::size_t got, source->Read(block.data(), block.size()));
    if (got == 0) return Status::Ok();
  }
}

}  // namespace reeve::ingest
