#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::ingest {

/// One field as it stands in the file, without the quotes round it.
struct CsvField {
  std::string_view raw;
  /// True when `raw` holds doubled quotes that stand for one each.
  bool has_doubled_quotes = false;
  bool is_quoted = false;
};

/// One record, pointing into the text that it was read from.
struct CsvRecord {
  std::vector<CsvField> fields;
  /// Bytes that it takes, its line end included.
  std::size_t bytes = 0;
  /// Line ends among them.
  std::int64_t lines = 0;

  /// Nothing but blanks: such lines separate, they are no rows.
  bool IsBlank() const;
};

enum class CsvOutcome {
  kRecord,
  /// The text ends before the record does.
  kIncomplete,
  /// The whole text ends within quotes.
  kOpenQuote,
  /// Something other than a separator follows a closing quote.
  kTextBehindQuote,
};

/// Reads the first record of `text` (RFC 4180, with blanks allowed round quoted fields, quotes
/// allowed inside unquoted ones, and each of \n, \r\n and \r as line end). `at_end` says that no
/// bytes follow `text`. After kOpenQuote and kTextBehindQuote `bytes` and `lines` cover the first
/// line only, so that reading can go on behind it.
CsvOutcome ReadCsvRecord(std::string_view text, char separator, bool at_end, CsvRecord& record);

/// The field's value, trimmed. `scratch` holds it when quotes had to be halved.
std::string_view CsvValue(const CsvField& field, std::string& scratch);

}  // namespace reeve::ingest
