#include "reeve/ingest/text_writer.h"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
#include "reeve/ingest/byte_source.h"
#include "reeve/ingest/csv_head.h"
#include "reeve/ingest/gzip_file.h"
#include "reeve/ingest/row_text.h"

namespace reeve::ingest {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

std::string CsvHeader(const std::vector<OutputColumn>& columns) {
  std::string header;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) header += ',';
    AppendCsvField(columns[i].name, header);
  }
  return header + "\n";
}

class TextWriter final : public TableWriter {
 public:
  TextWriter(std::string path, TextFormat format)
      : path_(std::move(path)),
        temporary_(path_ + ".tmp-" + NewId().substr(0, 8)),
        format_(format) {}
  ~TextWriter() override {
    if (!committed_) (void)files_.Remove(temporary_);
  }

  Status Start(const std::vector<OutputColumn>& columns, WriteMode mode) {
    REEVE_ASSIGN_OR_RETURN(file_, files_.Create(temporary_));
    if (ToLower(path_).ends_with(".gz")) file_ = GzipInto(std::move(file_));
    if (mode == WriteMode::kAppend && files_.Exists(path_)) return CopyOld(columns);
    buffer_ = Header(columns);
    return Status::Ok();
  }

  Status Append(const Table& rows) override {
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      (format_ == TextFormat::kCsv ? AppendCsvRow : AppendJsonRow)(rows, row, buffer_);
      if (buffer_.size() >= kBufferBytes) REEVE_RETURN_IF_ERROR(Flush());
    }
    return Status::Ok();
  }

  Status Commit() override {
    REEVE_RETURN_IF_ERROR(Flush());
    REEVE_RETURN_IF_ERROR(file_->Sync());
    REEVE_RETURN_IF_ERROR(file_->Close());
    REEVE_RETURN_IF_ERROR(files_.Rename(temporary_, path_));
    committed_ = true;
    return files_.SyncFolder(ParentFolder(path_));
  }

 private:
  Status Flush() {
    REEVE_RETURN_IF_ERROR(file_->Append(buffer_));
    buffer_.clear();
    return Status::Ok();
  }

  // What stands in the file so far, block by block; a CSV file must have our columns.
  Status CopyOld(const std::vector<OutputColumn>& columns) {
    REEVE_ASSIGN_OR_RETURN(const auto old, ByteSource::Open(path_, path_));
    std::string block(kBufferBytes, '\0');
    char last = '\n';
    for (bool first = true;; first = false) {
      std::size_t filled = 0;
      while (filled < block.size()) {
        REEVE_ASSIGN_OR_RETURN(const std::size_t got,
                               old->Read(block.data() + filled, block.size() - filled));
        if (got == 0) break;
        filled += got;
      }
      const std::string_view bytes = std::string_view(block).substr(0, filled);
      if (bytes.empty() && first) buffer_ = Header(columns);
      if (bytes.empty()) break;
      if (first) REEVE_RETURN_IF_ERROR(CheckHeader(bytes, filled < block.size(), columns));
      last = bytes.back();
      REEVE_RETURN_IF_ERROR(file_->Append(bytes));
    }
    if (last != '\n') buffer_ += '\n';
    return Status::Ok();
  }

  Status CheckHeader(std::string_view head, bool is_whole,
                     const std::vector<OutputColumn>& columns) const {
    if (format_ != TextFormat::kCsv) return Status::Ok();
    REEVE_ASSIGN_OR_RETURN(const CsvDialect old, ReadCsvHead(head, {.is_whole = is_whole}, path_));
    std::vector<std::string> names;
    for (const OutputColumn& column : columns) names.push_back(column.name);
    const bool separates = old.names.size() < 2 || old.separator == ',';
    if (old.names == names && separates) return Status::Ok();
    return Status::InvalidArgument(Quote(path_, 300) + " has the columns " +
                                   Quote(Join(old.names, std::string(1, old.separator)), 200) +
                                   ", expected " + Quote(Join(names, ","), 200) +
                                   " to append to it")
        .WithFix("--mode replace overwrites it; or name another file");
  }

  std::string Header(const std::vector<OutputColumn>& columns) const {
    return format_ == TextFormat::kCsv ? CsvHeader(columns) : "";
  }

  FileSystem& files_ = FileSystem::System();
  std::string path_, temporary_;
  TextFormat format_;
  std::unique_ptr<WritableFile> file_;
  std::string buffer_;
  bool committed_ = false;
};

class StandardOutput final : public TableWriter {
 public:
  explicit StandardOutput(const std::vector<OutputColumn>& columns) : buffer_(CsvHeader(columns)) {}

  Status Append(const Table& rows) override {
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      AppendCsvRow(rows, row, buffer_);
      if (buffer_.size() >= kBufferBytes) REEVE_RETURN_IF_ERROR(Commit());
    }
    return Status::Ok();
  }

  Status Commit() override {
    std::string_view left = buffer_;
    while (!left.empty()) {
      const ssize_t written = ::write(STDOUT_FILENO, left.data(), left.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && errno == EPIPE) return Status::Io("standard output was closed");
      if (written < 0) {
        return Status::Io(std::string("standard output cannot be written: ") +
                          std::strerror(errno));
      }
      left.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
    return Status::Ok();
  }

 private:
  std::string buffer_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> OpenTextWriter(const std::string& path, TextFormat format,
                                                    const std::vector<OutputColumn>& columns,
                                                    WriteMode mode) {
  auto writer = std::make_unique<TextWriter>(path, format);
  REEVE_RETURN_IF_ERROR(writer->Start(columns, mode));
  return std::unique_ptr<TableWriter>(std::move(writer));
}

std::unique_ptr<TableWriter> OpenStandardOutput(const std::vector<OutputColumn>& columns) {
  return std::make_unique<StandardOutput>(columns);
}

}  // namespace reeve::ingest
