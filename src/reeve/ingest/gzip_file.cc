#include "reeve/ingest/gzip_file.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <zlib.h>

namespace reeve::ingest {
namespace {

constexpr std::size_t kBlockBytes = 1 << 18;

class GzipFile final : public WritableFile {
 public:
  explicit GzipFile(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {
    // 15 bits of window, 16 more for a gzip header.
    ready_ = ::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipFile() override { ::deflateEnd(&stream_); }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  Status Append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::size_t part =
          std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
      REEVE_RETURN_IF_ERROR(Deflate(bytes.substr(0, part), Z_NO_FLUSH));
      bytes.remove_prefix(part);
    }
    return Status::Ok();
  }
  Status Sync() override {
    REEVE_RETURN_IF_ERROR(Deflate({}, Z_FINISH));
    return file_->Sync();
  }
  Status Close() override { return file_->Close(); }

 private:
  Status Deflate(std::string_view bytes, int flush) {
    if (!ready_) return Status::Io("no memory to compress the output");
    // zlib does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(block_.data());
      stream_.avail_out = static_cast<uInt>(block_.size());
      ::deflate(&stream_, flush);
      REEVE_RETURN_IF_ERROR(
          file_->Append(std::string_view(block_).substr(0, block_.size() - stream_.avail_out)));
    } while (stream_.avail_out == 0);
    return Status::Ok();
  }

  std::unique_ptr<WritableFile> file_;
  z_stream stream_ = {};
  std::string block_ = std::string(kBlockBytes, '\0');
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<WritableFile> GzipInto(std::unique_ptr<WritableFile> file) {
  return std::make_unique<GzipFile>(std::move(file));
}

}  // namespace reeve::ingest
