#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/ingest/byte_source.h"
#include "reeve/ingest/csv_head.h"
#include "reeve/ingest/csv_record.h"

namespace reeve::ingest {

/// One CSV file, record after record. Not thread-safe.
class CsvFile {
 public:
  struct Row {
    /// The fields, as many as there are names; valid until the next call. Empty for a bad row.
    const std::vector<CsvField>* fields = nullptr;
    /// Where the row starts, 1-based.
    std::int64_t line = 0;
    /// Why the row cannot be used; empty for a good one.
    std::string problem;
  };

  /// Opens a file and reads its head. Fails as ByteSource and ReadCsvHead do.
  static Result<std::unique_ptr<CsvFile>> Open(const std::string& path, const std::string& name,
                                               bool prefers_tabs);

  const CsvDialect& dialect() const { return dialect_; }
  /// The next row, good or bad; false at the end. Fails when the file cannot be read on.
  Result<bool> Next(Row& row);

 private:
  CsvFile() = default;
  Status Refill();
  std::string_view unread() const { return std::string_view(buffer_).substr(at_, end_ - at_); }
  std::string ProblemOf(CsvOutcome outcome) const;

  std::string name_;
  std::unique_ptr<ByteSource> bytes_;
  CsvDialect dialect_;
  CsvRecord record_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::int64_t line_ = 1;
  bool at_end_ = false;
};

}  // namespace reeve::ingest
