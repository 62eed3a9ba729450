#include "reeve/server/scoring/csv_rows.h"

#include <algorithm>

#include "reeve/base/nearest.h"
#include "reeve/base/text.h"

namespace reeve::server {
namespace {

/// A misplaced quote may be noticed far behind its line only, and reading goes on behind the line:
/// what was looked at is read again. So many bytes in one body; from then on such a quote takes all
/// that it covers, or hostile bodies would be read over and over.
constexpr std::size_t kMaxReadAgain = 64U << 20;
constexpr std::string_view kWhat = "the CSV";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// How far a record was looked at that ended in an error.
std::size_t LookedAt(ingest::CsvOutcome outcome, const ingest::CsvRecord& record,
                     std::string_view text) {
  if (outcome == ingest::CsvOutcome::kOpenQuote) return text.size();
  if (outcome != ingest::CsvOutcome::kTextBehindQuote) return record.bytes;
  const std::string_view last = record.fields.back().raw;
  return static_cast<std::size_t>(last.data() + last.size() - text.data());
}

bool IsSound(const ingest::CsvField& field) {
  // Most fields are ASCII; NUL is none that a text may hold.
  const bool plain = std::all_of(field.raw.begin(), field.raw.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte != 0 && byte < 0x80;
  });
  return plain || (IsUtf8(field.raw) && field.raw.find('\0') == std::string_view::npos);
}

}  // namespace

void CsvCutter::Append(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += bytes;
}

void CsvCutter::Consume(std::size_t bytes) {
  at_ += bytes;
  worth_reading_ = 0;
}

bool CsvCutter::ReadsAgain() const {
  const std::size_t left = buffer_.size() - at_;
  return at_end_ || left >= worth_reading_ || left > kMaxRecordBytes;
}

// Bytes up to the end of the header, by whatever separator; nothing while it may go on behind the
// bytes that are here.
std::optional<std::size_t> CsvCutter::FindHeader(std::string_view head, bool is_whole) {
  std::size_t longest = 0;
  for (const char separator : {',', ';', '\t', '|'}) {
    std::size_t at = head.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    bool is_found = false;
    while (!is_found && at < head.size()) {
      const auto outcome = ingest::ReadCsvRecord(head.substr(at), separator, is_whole, record_);
      if (outcome == ingest::CsvOutcome::kIncomplete) return std::nullopt;
      is_found = outcome != ingest::CsvOutcome::kRecord || !record_.IsBlank();
      at += record_.bytes;
    }
    if (!is_found && !is_whole) return std::nullopt;
    longest = std::max(longest, at);
  }
  return longest;
}

bool CsvCutter::ReadHeader(Refusal& refusal) {
  if (!ReadsAgain()) return false;
  const std::string_view head = std::string_view(buffer_).substr(0, kMaxRecordBytes);
  const bool may_grow = !at_end_ && buffer_.size() <= kMaxRecordBytes;
  const auto header_bytes = FindHeader(head, !may_grow);
  if (!header_bytes) {
    worth_reading_ = 2 * buffer_.size();
    return false;
  }
  if (*header_bytes == head.size() && head.size() < buffer_.size()) {
    refusal = Refusal::BadRequest("the header of the CSV is longer than " +
                                  GroupDigits(kMaxRecordBytes) + " bytes (an unclosed quote?)");
    return false;
  }
  auto dialect =
      ingest::ReadCsvHead(head.substr(0, *header_bytes), {.is_whole = true}, std::string(kWhat));
  if (!dialect.ok()) {
    refusal = Refusal::BadRequest(dialect.status().message());
    return false;
  }
  dialect_ = std::move(*dialect);
  if (dialect_.names.size() > kMaxColumns) {
    refusal = Refusal::TooLarge("the CSV has " +
                                GroupDigits(static_cast<long long>(dialect_.names.size())) +
                                " columns, at most " + GroupDigits(kMaxColumns) + " are taken");
    return false;
  }
  Consume(dialect_.header_bytes);
  return true;
}

// A record that does not end within the limit: the line is passed over, whatever its quotes hold.
bool CsvCutter::Overlong(Row& row) {
  row.fields = nullptr;
  row.error = "longer than " + GroupDigits(kMaxRecordBytes) + " bytes (an unclosed quote?)";
  skipping_ = true;
  return true;
}

// Passes over the rest of an overlong line. False while its end is not here.
bool CsvCutter::SkipLine() {
  const std::size_t end = buffer_.find_first_of("\r\n", at_);
  if (end == std::string::npos || (buffer_[end] == '\r' && end + 1 == buffer_.size() && !at_end_)) {
    Consume(std::min(end, buffer_.size()) - at_);
    return false;
  }
  const bool is_pair = buffer_[end] == '\r' && end + 1 < buffer_.size() && buffer_[end + 1] == '\n';
  Consume(end + (is_pair ? 2 : 1) - at_);
  skipping_ = false;
  return true;
}

bool CsvCutter::Next(Row& row) {
  using ingest::CsvOutcome;
  for (;;) {
    if (skipping_ && !SkipLine()) return false;
    if (at_ == buffer_.size() || !ReadsAgain()) return false;
    const std::string_view left = std::string_view(buffer_).substr(at_);
    const std::string_view text = left.substr(0, kMaxRecordBytes);
    const bool is_cut = text.size() < left.size();
    // At the limit the record ends, as if the file did.
    const CsvOutcome outcome =
        ingest::ReadCsvRecord(text, dialect_.separator, at_end_ || is_cut, record_);
    if (outcome == CsvOutcome::kIncomplete) {
      worth_reading_ = 2 * text.size();
      return false;
    }
    const std::size_t looked_at = LookedAt(outcome, record_, text);
    if (looked_at > record_.bytes) read_again_ += looked_at;
    if ((is_cut && record_.bytes == text.size()) || read_again_ > kMaxReadAgain) {
      Consume(looked_at);
      return Overlong(row);
    }
    Consume(record_.bytes);
    if (outcome == CsvOutcome::kRecord && record_.IsBlank()) continue;
    row.fields = nullptr;
    row.error.clear();
    if (outcome == CsvOutcome::kOpenQuote) {
      row.error = "a quote is not closed";
    } else if (outcome == CsvOutcome::kTextBehindQuote) {
      row.error = "found text behind a closing quote, expected a separator or the end of the line";
    } else if (record_.fields.size() != dialect_.names.size()) {
      row.error = "found " + std::to_string(record_.fields.size()) + " fields, expected " +
                  std::to_string(dialect_.names.size());
    } else if (!std::all_of(record_.fields.begin(), record_.fields.end(), IsSound)) {
      row.error = "found bytes that are no UTF-8";
    } else {
      row.fields = &record_.fields;
    }
    return true;
  }
}

Refusal CsvColumns::Match(const std::vector<std::string>& names, const ServedModel& model,
                          std::string_view key_field, CsvColumns& columns) {
  const contract::Contract& contract = model.contract();
  columns = {};
  std::vector<bool> seen(contract.columns.size());
  for (const std::string& name : names) {
    columns.found_.push_back(FindField(*model.fields, key_field, name));
    const FieldName& found = columns.found_.back();
    if (found.kind == FieldName::Kind::kField) seen[found.field] = true;
    if (found.kind == FieldName::Kind::kUnknown && name != contract.target)
      columns.unknown_.push_back(name);
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i] && contract.columns[i].required)
      columns.missing_.push_back(contract.columns[i].name);
  }
  if (columns.missing_.empty()) return {};
  const std::size_t shown = std::min<std::size_t>(columns.missing_.size(), 20);
  std::string message = columns.missing_.size() == 1 ? "a required column is missing: "
                                                     : "required columns are missing: ";
  for (std::size_t i = 0; i < shown; ++i)
    message += (i > 0 ? ", " : "") + Quote(columns.missing_[i]);
  if (shown < columns.missing_.size())
    message += " and " + std::to_string(columns.missing_.size() - shown) + " more";
  if (const auto near = Nearest(columns.missing_[0], columns.unknown_))
    message += "; the CSV has " + Quote(*near) + " instead of " + Quote(columns.missing_[0]) + "?";
  return Refusal::BadRequest(std::move(message));
}

void CsvColumns::Fill(const std::vector<ingest::CsvField>& fields, RequestRows& rows) const {
  std::string scratch;
  rows.AddRow();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const FieldName& found = found_[i];
    if (found.kind == FieldName::Kind::kUnknown) continue;
    std::string_view value = ingest::CsvValue(fields[i], scratch);
    if (fields[i].has_doubled_quotes) value = rows.Keep(value);
    if (found.is_key) rows.SetKey(value);
    if (found.kind == FieldName::Kind::kField)
      rows.Set(found.field, {contract::Cell::Kind::kText, 0, value});
  }
}

}  // namespace reeve::server
