#include "reeve/ingest/csv_record.h"

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }

// Walks over one record.
class Cursor {
 public:
  Cursor(std::string_view text, char separator, bool at_end, CsvRecord& record)
      : at_(text.data()),
        begin_(text.data()),
        end_(text.data() + text.size()),
        separator_(separator),
        at_end_(at_end),
        record_(record) {}

  CsvOutcome Read() {
    for (;;) {
      const char* const field = at_;
      SkipBlanks();
      CsvOutcome outcome = CsvOutcome::kRecord;
      if (at_ != end_ && *at_ == '"') {
        outcome = ReadQuoted();
      } else {
        at_ = field;
        ReadPlain();
      }
      if (outcome != CsvOutcome::kRecord) return outcome;
      if (at_ == end_) return Finish(at_end_);
      if (*at_ != separator_) return TakeLineEnd();
      ++at_;
    }
  }

 private:
  void SkipBlanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t') && *at_ != separator_) ++at_;
  }

  void ReadPlain() {
    const char* const start = at_;
    while (at_ != end_ && *at_ != separator_ && !IsLineEnd(*at_)) ++at_;
    record_.fields.push_back({.raw = {start, static_cast<std::size_t>(at_ - start)}});
  }

  // From an opening quote to the separator or line end behind the closing one.
  CsvOutcome ReadQuoted() {
    const char* const start = ++at_;
    bool doubled = false;
    for (;; ++at_) {
      if (at_ == end_) return at_end_ ? CsvOutcome::kOpenQuote : CsvOutcome::kIncomplete;
      if (*at_ == '\n' || (*at_ == '\r' && (at_ + 1 == end_ || at_[1] != '\n'))) ++record_.lines;
      if (*at_ != '"') continue;
      if (at_ + 1 == end_ || at_[1] != '"') break;
      doubled = true;
      ++at_;
    }
    record_.fields.push_back({.raw = {start, static_cast<std::size_t>(at_ - start)},
                              .has_doubled_quotes = doubled,
                              .is_quoted = true});
    ++at_;
    SkipBlanks();
    if (at_ == end_ || *at_ == separator_ || IsLineEnd(*at_)) return CsvOutcome::kRecord;
    return CsvOutcome::kTextBehindQuote;
  }

  CsvOutcome TakeLineEnd() {
    if (*at_ == '\r') {
      if (at_ + 1 == end_ && !at_end_) return CsvOutcome::kIncomplete;  // a \n may follow
      if (at_ + 1 != end_ && at_[1] == '\n') ++at_;
    }
    ++at_;
    ++record_.lines;
    return Finish(true);
  }

  CsvOutcome Finish(bool complete) {
    record_.bytes = static_cast<std::size_t>(at_ - begin_);
    return complete ? CsvOutcome::kRecord : CsvOutcome::kIncomplete;
  }

  const char* at_;
  const char* const begin_;
  const char* const end_;
  const char separator_;
  const bool at_end_;
  CsvRecord& record_;
};

// Covers the first line of `text`, whatever quotes it holds. False when the line may go on.
bool CoverFirstLine(std::string_view text, bool at_end, CsvRecord& record) {
  std::size_t end = text.find_first_of("\r\n");
  record.lines = end == std::string_view::npos ? 0 : 1;
  record.bytes = text.size();
  if (end == std::string_view::npos || (text[end] == '\r' && end + 1 == text.size())) return at_end;
  if (text[end] == '\r' && text[end + 1] == '\n') ++end;
  record.bytes = end + 1;
  return true;
}

}  // namespace

bool CsvRecord::IsBlank() const {
  return fields.size() == 1 && !fields[0].is_quoted && Trim(fields[0].raw).empty();
}

CsvOutcome ReadCsvRecord(std::string_view text, char separator, bool at_end, CsvRecord& record) {
  record.fields.clear();
  record.bytes = 0;
  record.lines = 0;
  const CsvOutcome outcome = Cursor(text, separator, at_end, record).Read();
  if (outcome == CsvOutcome::kOpenQuote || outcome == CsvOutcome::kTextBehindQuote) {
    if (!CoverFirstLine(text, at_end, record)) return CsvOutcome::kIncomplete;
  }
  return outcome;
}

std::string_view CsvValue(const CsvField& field, std::string& scratch) {
  std::string_view value = field.raw;
  if (field.has_doubled_quotes) {
    scratch.clear();
    for (std::size_t i = 0; i < value.size(); ++i) {
      scratch += value[i];
      if (value[i] == '"') ++i;  // its double
    }
    value = scratch;
  }
  // Most values have no blanks round them: look at the ends before trimming.
  const auto odd = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x80;
  };
  if (!value.empty() && (odd(value.front()) || odd(value.back()))) value = Trim(value);
  return value;
}

}  // namespace reeve::ingest
