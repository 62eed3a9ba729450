#include "reeve/ingest/csv_head.h"

#include <algorithm>
#include <map>

#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

constexpr std::size_t kMostRecords = 200;
constexpr char kSeparators[] = {',', ';', '\t', '|'};

// A record of the head: its fields, and how many line ends it spans.
struct Record {
  std::vector<std::string> fields;
  std::int64_t lines = 0;
  bool complete = false;
};

// Cuts one record off `text`. A quote opens at the start of a field (blanks before it are passed
// over); two quotes inside stand for one.
Record TakeRecord(std::string_view& text, char separator, bool is_whole) {
  Record record;
  std::string field;
  bool quoted = false, at_start = true;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++record.lines;
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && at_start) {
      quoted = true;
      field.clear();
      at_start = false;
    } else if (c == separator) {
      record.fields.push_back(std::move(field));
      field.clear();
      at_start = true;
    } else if (c == '\n') {
      ++i;
      record.complete = true;
      break;
    } else {
      field += c;
      at_start = at_start && (c == ' ' || c == '\t');
    }
  }
  record.fields.push_back(std::move(field));
  if (!record.complete) record.complete = is_whole && !quoted;
  text.remove_prefix(i);
  return record;
}

bool IsBlank(const Record& record) {
  return record.fields.size() == 1 && Trim(record.fields[0]).empty();
}

struct Reading {
  char separator = ',';
  std::vector<Record> records;  // blank ones left out
  std::int64_t header_lines = 0;
  /// Share of records with as many fields as the header.
  double agreement = 0;
};

Reading ReadWith(char separator, std::string_view head, bool is_whole) {
  Reading reading{.separator = separator, .records = {}};
  std::size_t seen = 0;
  while (!head.empty() && seen++ < kMostRecords) {
    Record record = TakeRecord(head, separator, is_whole);
    if (!record.complete && !reading.records.empty()) break;  // cut by the end of the head
    if (reading.records.empty()) reading.header_lines += record.lines;
    if (!IsBlank(record)) reading.records.push_back(std::move(record));
  }
  std::size_t agreeing = 0;
  for (const Record& record : reading.records)
    agreeing += record.fields.size() == reading.records.front().fields.size();
  if (!reading.records.empty())
    reading.agreement = static_cast<double>(agreeing) / static_cast<double>(reading.records.size());
  return reading;
}

// Better: cuts at all, agrees more, cuts finer. Preferred separators come first and win ties.
bool IsBetter(const Reading& a, const Reading& b) {
  const auto width = [](const Reading& reading) {
    return reading.records.empty() ? 0 : reading.records.front().fields.size();
  };
  if ((width(a) > 1) != (width(b) > 1)) return width(a) > 1;
  if (a.agreement != b.agreement) return a.agreement > b.agreement;
  return width(a) > width(b);
}

Status CheckBytes(std::string_view head, bool is_whole, const std::string& file) {
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    return Status::InvalidData(file + " is encoded as UTF-16, expected UTF-8")
        .WithFix("iconv -f UTF-16 -t UTF-8 FILE > NEW.csv");
  }
  const auto zeros = std::count(head.begin(), head.end(), '\0');
  if (static_cast<std::size_t>(zeros) * 100 > head.size()) {
    return Status::InvalidData(
        file + " is not a text file: it is full of NUL bytes, expected CSV in UTF-8");
  }
  // The head may end in the middle of a character, never the whole file.
  std::string_view checked = head;
  for (int i = 0; i < 3 && !is_whole && !IsUtf8(checked); ++i) checked.remove_suffix(1);
  if (IsUtf8(checked)) return Status::Ok();
  std::size_t line_start = 0;
  std::int64_t line = 1;
  for (std::size_t end; (end = checked.find('\n', line_start)) != std::string_view::npos; ++line) {
    if (!IsUtf8(checked.substr(line_start, end - line_start))) break;
    line_start = end + 1;
  }
  return Status::InvalidData(file + ", line " + std::to_string(line) +
                             ": found bytes that are no UTF-8, expected text in UTF-8")
      .WithFix("iconv -f LATIN1 -t UTF-8 FILE > NEW.csv, if it is Latin-1");
}

Result<std::vector<std::string>> NameColumns(const Record& header, const std::string& file) {
  std::vector<std::string> names;
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    std::string name(Trim(header.fields[i]));
    if (name.empty()) name = "Unnamed: " + std::to_string(i);
    const auto [it, is_new] = seen.emplace(name, i);
    if (!is_new) {
      return Status::InvalidData(file + ", header: column name " + Quote(name) +
                                 " stands twice (columns " + std::to_string(it->second + 1) +
                                 " and " + std::to_string(i + 1) + "), expected distinct names")
          .WithFix("rename or remove one of them");
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

Result<CsvDialect> ReadCsvHead(std::string_view head, bool is_whole, bool prefers_tabs,
                               const std::string& file) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  if (head.empty()) return Status::InvalidData(file + " is empty, expected a header line and rows");
  REEVE_RETURN_IF_ERROR(CheckBytes(head, is_whole, file));
  Reading best = ReadWith(prefers_tabs ? '\t' : ',', head, is_whole);
  for (const char separator : kSeparators) {
    Reading reading = ReadWith(separator, head, is_whole);
    if (IsBetter(reading, best)) best = std::move(reading);
  }
  if (best.records.empty())
    return Status::InvalidData(file + " holds blank lines only, expected a header line and rows");
  if (!best.records.front().complete) {
    return Status::InvalidData(
        file + ", line 1: the header does not end (an unclosed quote?), expected column names");
  }
  CsvDialect dialect{.separator = best.separator, .names = {}};
  REEVE_ASSIGN_OR_RETURN(dialect.names, NameColumns(best.records.front(), file));
  dialect.header_lines = best.header_lines;
  dialect.has_rows = best.records.size() > 1 || !is_whole;
  return dialect;
}

}  // namespace reeve::ingest
