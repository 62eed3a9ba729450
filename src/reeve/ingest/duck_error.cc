#include "reeve/ingest/duck_error.h"

#include "reeve/base/number.h"
#include "reeve/base/text.h"

namespace reeve::ingest {
namespace {

// The number behind `label`, e.g. "Line: " in "CSV Error on Line: 8"; empty when there is none.
std::string NumberBehind(std::string_view message, std::string_view label) {
  const std::size_t found = message.find(label);
  if (found == std::string_view::npos) return "";
  std::string number;
  for (std::size_t i = found + label.size();
       i < message.size() && message[i] >= '0' && message[i] <= '9'; ++i)
    number += message[i];
  return number;
}

bool Has(std::string_view message, std::string_view part) {
  return message.find(part) != std::string_view::npos;
}

}  // namespace

std::string ShortReason(std::string_view message) {
  const std::string expected = NumberBehind(message, "Expected Number of Columns: ");
  const std::string found = NumberBehind(message, "Found: ");
  if (!expected.empty() && !found.empty())
    return "found " + found + " fields, expected " + expected;
  if (Has(message, "unterminated quote"))
    return "found a quote that does not end, expected a closing quote";
  if (Has(message, "nicode") || Has(message, "UTF-8") || Has(message, "utf-8"))
    return "found bytes that are no UTF-8, expected text in UTF-8";
  if (Has(message, "Maximum line size"))
    return "found a line (or a field) longer than 16 MB, expected shorter ones";
  if (Has(message, "Expected Number of Columns"))
    return "found another number of fields than the header has";
  const std::string_view first = message.substr(0, message.find('\n'));
  return std::string(first.substr(0, 200));
}

Status ReadFailure(const std::string& file, Format format, std::string_view message) {
  if (Has(message, "No space left") || Has(message, "failed to offload data") ||
      Has(message, "Could not write")) {
    return Status::Io(file + ": no space is left for temporary data")
        .WithFix("set TMPDIR to a folder with more space");
  }
  if (format == Format::kParquet) {
    return Status::InvalidData(file + ": not a readable Parquet file, it is damaged or cut short")
        .WithFix("write or fetch the file again");
  }
  std::string line = NumberBehind(message, format == Format::kCsv ? "Line: " : "line ");
  const std::string where = line.empty() ? file : file + ", line " + line;
  if (format == Format::kJsonLines) {
    return Status::InvalidData(where + ": not valid JSON, expected one object per line")
        .WithFix("mend or remove that line");
  }
  const bool is_compression =
      Has(message, "zstd") || Has(message, "ZSTD") || Has(message, "gzip") || Has(message, "GZIP");
  if (is_compression)
    return Status::InvalidData(file +
                               ": compressed data are damaged or truncated, expected a whole file");
  return Status::InvalidData(where + ": " + ShortReason(message))
      .WithFix("mend the line, or leave malformed rows out with --skip-bad-rows 1 (or 1%)");
}

}  // namespace reeve::ingest
