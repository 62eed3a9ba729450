#include "reeve/ingest/csv_file.h"

#include <algorithm>
#include <cstring>

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

constexpr std::size_t kBlockBytes = 1 << 20;
/// More than any honest record; a quote that is never closed would otherwise swallow the file.
constexpr std::size_t kMostRecordBytes = 64 << 20;

bool IsAscii(std::string_view text) {
  std::uint64_t high = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    high |= word;
  }
  for (; i < text.size(); ++i) high |= static_cast<unsigned char>(text[i]);
  return (high & 0x8080808080808080ULL) == 0;
}

}  // namespace

Result<std::unique_ptr<CsvFile>> CsvFile::Open(const std::string& path, const std::string& name,
                                               bool prefers_tabs) {
  std::unique_ptr<CsvFile> file(new CsvFile());
  file->name_ = name;
  REEVE_ASSIGN_OR_RETURN(file->bytes_, ByteSource::Open(path, name));
  REEVE_RETURN_IF_ERROR(file->Refill());
  REEVE_ASSIGN_OR_RETURN(
      file->dialect_,
      ReadCsvHead(file->unread(), {.is_whole = file->at_end_, .prefers_tabs = prefers_tabs}, name));
  file->at_ = file->dialect_.header_bytes;
  file->line_ += file->dialect_.header_lines;
  return file;
}

// Reads on until a block is full, keeping what is unread. The buffer doubles when it holds nothing
// else, so that a long record is looked at few times.
Status CsvFile::Refill() {
  buffer_.erase(0, at_);
  end_ -= at_;
  at_ = 0;
  buffer_.resize(std::max(kBlockBytes, end_ * 2));
  while (end_ < buffer_.size() && !at_end_) {
    REEVE_ASSIGN_OR_RETURN(const std::size_t got,
                           bytes_->Read(buffer_.data() + end_, buffer_.size() - end_));
    end_ += got;
    at_end_ = got == 0;
  }
  return Status::Ok();
}

Result<bool> CsvFile::Next(Row& row) {
  for (;;) {
    if (at_ == end_ && at_end_) return false;
    CsvOutcome outcome = ReadCsvRecord(unread(), dialect_.separator, at_end_, record_);
    if (outcome == CsvOutcome::kIncomplete && end_ - at_ <= kMostRecordBytes) {
      REEVE_RETURN_IF_ERROR(Refill());
      continue;
    }
    if (outcome == CsvOutcome::kIncomplete) {
      // A quote that is open for so long is taken for one that never ends.
      outcome = ReadCsvRecord(unread(), dialect_.separator, true, record_);
      if (outcome != CsvOutcome::kOpenQuote) {
        return Status::InvalidData(name_ + ", line " + std::to_string(line_) +
                                   ": found a row longer than 64 MB, expected shorter ones");
      }
    }
    row.line = line_;
    row.fields = &record_.fields;
    row.problem.clear();
    const bool is_blank = outcome == CsvOutcome::kRecord && record_.IsBlank();
    if (!is_blank) row.problem = ProblemOf(outcome);
    at_ += record_.bytes;
    line_ += record_.lines;
    if (!is_blank) return true;
  }
}

std::string CsvFile::ProblemOf(CsvOutcome outcome) const {
  if (outcome == CsvOutcome::kOpenQuote) {
    return "found a quote that does not end, expected a closing quote";
  }
  if (outcome == CsvOutcome::kTextBehindQuote) {
    return "found text behind a closing quote, expected a separator or the end of the line";
  }
  const std::size_t expected = dialect_.names.size();
  if (record_.fields.size() != expected) {
    return "found " + std::to_string(record_.fields.size()) +
           (record_.fields.size() == 1 ? " field" : " fields") + ", expected " +
           std::to_string(expected) + " as in the header";
  }
  const std::string_view bytes = unread().substr(0, record_.bytes);
  if (std::memchr(bytes.data(), 0, bytes.size()) != nullptr) {
    return "found a NUL byte, expected text in UTF-8";
  }
  if (!IsAscii(bytes) && !IsUtf8(bytes)) {
    return "found bytes that are no UTF-8, expected text in UTF-8";
  }
  return "";
}

}  // namespace reeve::ingest
