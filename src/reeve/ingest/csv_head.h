#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::ingest {

/// What the head of a CSV file tells: how fields are separated and what the columns are called.
struct CsvDialect {
  char separator = ',';
  /// Trimmed and distinct; an empty name becomes "Unnamed: 0" with its position, as pandas calls
  /// it.
  std::vector<std::string> names;
  /// Bytes before the first record behind the header: byte order mark, blank lines, the header.
  std::size_t header_bytes = 0;
  /// Line ends among them.
  std::int64_t header_lines = 0;
};

struct CsvHeadOptions {
  /// The head is the whole file.
  bool is_whole = true;
  /// TAB wins when separators fit equally well.
  bool prefers_tabs = false;
};

/// Reads the dialect off the first bytes of a file (already decompressed). The separator is the one
/// of , ; TAB | that cuts the first records into the most equal numbers of fields. Fails with
/// kInvalidData: an empty file, bytes that are no text in UTF-8, a header that does not end,
/// duplicate names. Messages begin with `file`. Rows are not checked.
Result<CsvDialect> ReadCsvHead(std::string_view head, const CsvHeadOptions& options,
                               const std::string& file);

}  // namespace reeve::ingest
