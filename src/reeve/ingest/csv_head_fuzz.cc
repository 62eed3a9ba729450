#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "reeve/ingest/csv_head.h"
#include "reeve/ingest/csv_record.h"

namespace {

// What the first bytes cut into records, the whole must cut alike; and reading must come to an end.
void ReadRecords(std::string_view text, char separator) {
  reeve::ingest::CsvRecord part, whole;
  std::string scratch;
  while (!text.empty()) {
    const auto outcome = ReadCsvRecord(text.substr(0, text.size() / 2), separator, false, part);
    const auto expected = ReadCsvRecord(text, separator, true, whole);
    if (outcome == reeve::ingest::CsvOutcome::kRecord &&
        (expected != outcome || part.bytes != whole.bytes || part.lines != whole.lines)) {
      std::abort();
    }
    if (expected == reeve::ingest::CsvOutcome::kIncomplete || whole.bytes == 0) std::abort();
    for (const auto& field : whole.fields) (void)CsvValue(field, scratch);
    text.remove_prefix(whole.bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool is_whole : {true, false}) {
    const auto dialect = reeve::ingest::ReadCsvHead(text, {.is_whole = is_whole}, "f.csv");
    if (!dialect.ok() || !is_whole) continue;
    if (dialect->names.empty() || dialect->header_bytes > size) std::abort();
    ReadRecords(text.substr(dialect->header_bytes), dialect->separator);
  }
  return 0;
}
