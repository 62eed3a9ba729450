#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/ingest/csv_head.h"
#include "reeve/ingest/csv_record.h"
#include "reeve/server/scoring/json_document.h"
#include "reeve/server/scoring/refusal.h"
#include "reeve/server/scoring/request_rows.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// Cuts CSV text that arrives in pieces of any size into a header and rows, in memory that is
/// bounded whatever is sent. Where pieces end makes no difference. Records are read as in files
/// (ingest/csv_record.h); the separator is the one of , ; TAB | that cuts the header finest.
class CsvCutter {
 public:
  /// A record that is longer is a bad row (or, as the header, a refusal).
  static constexpr std::size_t kMaxRecordBytes = 1U << 20;
  static constexpr std::size_t kMaxColumns = 20'000;

  /// The next bytes. Records that were given become invalid.
  void Append(std::string_view bytes);
  /// No further bytes follow.
  void End() { at_end_ = true; }

  /// Reads the header. Not ok: it cannot be used, as `refusal` says; ok and false: more bytes are
  /// needed.
  bool ReadHeader(Refusal& refusal);
  const std::vector<std::string>& names() const { return dialect_.names; }

  struct Row {
    /// Points into the cutter until its next Append. Empty for a bad row.
    std::vector<ingest::CsvField>* fields = nullptr;
    /// Why there are no fields: "found 3 fields, expected 11".
    std::string error;
  };
  /// The next row behind the header, blank lines left out; false: more bytes are needed, or it is
  /// the end.
  bool Next(Row& row);

 private:
  std::optional<std::size_t> FindHeader(std::string_view head, bool is_whole);
  bool Overlong(Row& row);
  bool SkipLine();
  void Consume(std::size_t bytes);
  bool ReadsAgain() const;

  std::string buffer_;
  /// Of buffer_, already given as rows.
  std::size_t at_ = 0;
  bool at_end_ = false;
  /// The rest of an overlong line is on its way.
  bool skipping_ = false;
  /// An unfinished record is not looked at again before that much of it is here: each byte is then
  /// read a constant number of times however small the pieces are.
  std::size_t worth_reading_ = 0;
  /// Bytes that misplaced quotes had read in vain.
  std::size_t read_again_ = 0;
  ingest::CsvDialect dialect_;
  ingest::CsvRecord record_;
};

/// Which columns of a CSV header a model needs, and which are only copied.
class CsvColumns {
 public:
  /// Refuses a header without a required column, with all of their names in `missing`.
  static Refusal Match(const std::vector<std::string>& names, const ServedModel& model,
                       std::string_view key_field, CsvColumns& columns);

  /// Adds a row with the fields that the contract knows. Values with doubled quotes are kept in
  /// `rows`, others point to where the fields do.
  void Fill(const std::vector<ingest::CsvField>& fields, RequestRows& rows) const;

  const std::vector<std::string>& missing() const { return missing_; }
  /// Columns that are neither features, nor the target, nor the key.
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  std::vector<FieldName> found_;
  std::vector<std::string> missing_, unknown_;
};

}  // namespace reeve::server
