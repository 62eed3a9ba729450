#include "reeve/ingest/csv_head.h"

#include <algorithm>
#include <array>
#include <map>

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/ingest/csv_record.h"

namespace reeve::ingest {
namespace {

constexpr std::size_t kMostRecords = 1000;
/// Fewer control characters than that may be a slip in a text.
constexpr std::size_t kFewControls = 16;
constexpr std::array<char, 4> kSeparators = {',', ';', '\t', '|'};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// How the head reads with one separator.
struct Reading {
  char separator = ',';
  CsvRecord header;
  CsvOutcome header_outcome = CsvOutcome::kIncomplete;
  /// Bytes and line ends up to the end of the header.
  std::size_t bytes = 0;
  std::int64_t lines = 0;
  /// Share of records with as many fields as the header.
  double agreement = 0;

  std::size_t width() const { return header.fields.size(); }
};

// Passes over blank lines to the first record.
void ReadHeader(std::string_view head, bool is_whole, Reading& reading) {
  while (reading.bytes < head.size()) {
    reading.header_outcome =
        ReadCsvRecord(head.substr(reading.bytes), reading.separator, is_whole, reading.header);
    reading.bytes += reading.header.bytes;
    reading.lines += reading.header.lines;
    if (reading.header_outcome != CsvOutcome::kRecord || !reading.header.IsBlank()) return;
  }
  reading.header.fields.clear();
}

Reading ReadWith(char separator, std::string_view head, bool is_whole) {
  Reading reading{.separator = separator, .header = {}};
  ReadHeader(head, is_whole, reading);
  if (reading.header_outcome != CsvOutcome::kRecord) return reading;
  std::size_t agreeing = 1, seen = 1;
  CsvRecord record;
  for (std::size_t at = reading.bytes; at < head.size() && seen < kMostRecords; ++seen) {
    const CsvOutcome outcome = ReadCsvRecord(head.substr(at), separator, is_whole, record);
    if (outcome == CsvOutcome::kIncomplete) break;
    at += record.bytes;
    const bool agrees = outcome == CsvOutcome::kRecord && record.fields.size() == reading.width();
    agreeing += agrees || (outcome == CsvOutcome::kRecord && record.IsBlank()) ? 1 : 0;
  }
  reading.agreement = static_cast<double>(agreeing) / static_cast<double>(seen);
  return reading;
}

// Better: cuts at all, agrees more, cuts finer. Preferred separators come first and win ties.
bool IsBetter(const Reading& a, const Reading& b) {
  if ((a.width() > 1) != (b.width() > 1)) return a.width() > 1;
  if (a.agreement != b.agreement) return a.agreement > b.agreement;
  return a.width() > b.width();
}

Reading BestReading(std::string_view head, const CsvHeadOptions& options) {
  Reading best = ReadWith(options.prefers_tabs ? '\t' : ',', head, options.is_whole);
  for (const char separator : kSeparators) {
    Reading reading = ReadWith(separator, head, options.is_whole);
    if (IsBetter(reading, best)) best = std::move(reading);
  }
  return best;
}

Status NotUtf8(const std::string& where, const std::string& found) {
  return Status::InvalidData(where + found + ", expected text in UTF-8")
      .WithFix("save it as UTF-8, e.g. iconv -f LATIN1 -t UTF-8 FILE > NEW.csv");
}

// Whether the bytes are text at all; single bad characters in rows are the rows' business.
Status CheckBytes(std::string_view head, const std::string& file) {
  const auto zeros = static_cast<std::size_t>(std::count(head.begin(), head.end(), '\0'));
  const bool has_wide_mark = head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF") ||
                             head.starts_with(std::string_view("\0\0\xFE\xFF", 4));
  // Latin text has a NUL for every letter in UTF-16, three in UTF-32.
  if (has_wide_mark || (zeros * 3 > head.size() && head.find('\n') != std::string_view::npos)) {
    return Status::InvalidData(file + " looks like UTF-16 or UTF-32, expected UTF-8")
        .WithFix("save it as UTF-8, e.g. iconv -f UTF-16 -t UTF-8 FILE > NEW.csv");
  }
  const auto odd = static_cast<std::size_t>(std::count_if(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\v' && c != '\f';
  }));
  const std::string_view magic = head.substr(0, 4);
  for (const std::string_view kind : {"\x7F"
                                      "ELF",
                                      "PK\x03\x04", "PAR1"}) {
    if (magic == kind) return NotUtf8(file, " is a binary file");
  }
  if (magic.starts_with("\x1F\x8B")) return NotUtf8(file, " is compressed but does not end in .gz");
  if (odd > kFewControls && odd * 50 > head.size())
    return NotUtf8(file, " is a binary file, no text");
  return Status::Ok();
}

Result<std::vector<std::string>> NameColumns(const CsvRecord& header, const std::string& file) {
  std::vector<std::string> names;
  std::map<std::string, std::size_t> seen;
  std::string scratch;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    std::string name(CsvValue(header.fields[i], scratch));
    if (name.empty()) name = "Unnamed: " + std::to_string(i);
    if (!IsUtf8(name) || name.find('\0') != std::string::npos) {
      return NotUtf8(file, ", header: found bytes that are no UTF-8 in the name of column " +
                               std::to_string(i + 1));
    }
    const auto [it, is_new] = seen.emplace(name, i);
    if (!is_new) {
      return Status::InvalidData(file + ", header: column name " + Quote(name) +
                                 " stands twice (columns " + std::to_string(it->second + 1) +
                                 " and " + std::to_string(i + 1) + "), expected distinct names")
          .WithFix(ParseNumber(name) ? "put a line with the names of the columns before the first"
                                     : "rename or remove one of them");
    }
    names.push_back(std::move(name));
  }
  return names;
}

Status BrokenHeader(const Reading& reading, const std::string& file) {
  const std::string where = file + ", line " + std::to_string(reading.lines + 1) + ": ";
  if (reading.header_outcome == CsvOutcome::kTextBehindQuote) {
    return Status::InvalidData(where +
                               "found text behind a closing quote in the header, expected a "
                               "separator or the end of the line");
  }
  return Status::InvalidData(where +
                             "the header does not end (an unclosed quote?), expected column names");
}

}  // namespace

Result<CsvDialect> ReadCsvHead(std::string_view head, const CsvHeadOptions& options,
                               const std::string& file) {
  const std::size_t mark = head.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  head.remove_prefix(mark);
  if (head.empty()) {
    return Status::InvalidData(file + " is empty, expected a header line and rows");
  }
  REEVE_RETURN_IF_ERROR(CheckBytes(head, file));
  const Reading best = BestReading(head, options);
  if (best.width() == 0 && best.header_outcome == CsvOutcome::kRecord) {
    return Status::InvalidData(file + " holds blank lines only, expected a header line and rows");
  }
  if (best.header_outcome != CsvOutcome::kRecord) return BrokenHeader(best, file);
  CsvDialect dialect{.separator = best.separator,
                     .names = {},
                     .header_bytes = mark + best.bytes,
                     .header_lines = best.lines};
  REEVE_ASSIGN_OR_RETURN(dialect.names, NameColumns(best.header, file));
  return dialect;
}

}  // namespace reeve::ingest
