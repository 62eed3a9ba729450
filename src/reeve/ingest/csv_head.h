#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::ingest {

/// What the head of a CSV file tells: how fields are separated and what the columns are called.
struct CsvDialect {
  char separator = ',';
  /// Trimmed; an empty name becomes "Unnamed: 0" with its position, as pandas calls it.
  std::vector<std::string> names;
  /// Lines before the first data row (blank ones and the header), for DuckDB to skip.
  std::int64_t header_lines = 1;
  /// False when nothing but blank lines stands behind the header.
  bool has_rows = false;
};

/// Reads the dialect off the first bytes of a file (already decompressed). `is_whole` says that the
/// head is the whole file. The separator is the one of , ; TAB | that cuts the first records into
/// the most equal numbers of fields; with `prefers_tabs` TAB wins ties. Fails with kInvalidData: an
/// empty file, bytes that are no UTF-8 text, duplicate names. Messages begin with `file`.
Result<CsvDialect> ReadCsvHead(std::string_view head, bool is_whole, bool prefers_tabs,
                               const std::string& file);

}  // namespace reeve::ingest
