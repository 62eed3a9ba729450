#include "reeve/ingest/text_writer.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <unistd.h>

#include "reeve/base/file_system.h"
#include "reeve/base/id.h"
#include "reeve/base/text.h"
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
    const std::string header = format_ == TextFormat::kCsv ? CsvHeader(columns) : "";
    if (mode == WriteMode::kAppend && files_.Exists(path_)) return CopyOld(header);
    buffer_ = header;
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

  // What stands in the file so far, block by block; a CSV file must have our header.
  Status CopyOld(const std::string& header) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> old(std::fopen(path_.c_str(), "rb"),
                                                              &std::fclose);
    if (!old)
      return Status::Io(Quote(path_, 400) +
                        " cannot be read to append to it: " + std::strerror(errno));
    std::string block(kBufferBytes, '\0');
    bool first = true;
    char last = '\n';
    std::size_t got = 0;
    while ((got = std::fread(block.data(), 1, block.size(), old.get())) > 0) {
      const std::string_view bytes(block.data(), got);
      if (first && !bytes.starts_with(header)) {
        return Status::InvalidArgument(
            Quote(path_, 400) + " has the header " + Quote(bytes.substr(0, bytes.find('\n')), 200) +
            ", expected " + Quote(Trim(header), 200) + " to append to it");
      }
      first = false;
      last = bytes.back();
      REEVE_RETURN_IF_ERROR(file_->Append(bytes));
    }
    if (first) buffer_ = header;
    if (last != '\n') buffer_ += '\n';
    return Status::Ok();
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
      if (written < 0)
        return Status::Io(std::string("standard output cannot be written: ") +
                          std::strerror(errno));
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
