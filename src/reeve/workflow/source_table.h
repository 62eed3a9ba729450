#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/contract/typing.h"
#include "reeve/ingest/reader.h"

namespace reeve::workflow {

struct SourceOptions {
  /// Types the user fixed, by column.
  std::map<std::string, ColumnType> column_types = {};
  std::vector<std::string> missing_texts = contract::DefaultMissingTexts();
  ingest::BadRowLimit skip_bad_rows = {};
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// A whole source in memory, typed.
struct SourceTable {
  contract::TypedTable typed;
  std::vector<std::string> files;
  std::string format;
  std::int64_t rows_skipped = 0;
  /// Where and why the first malformed row was left out; empty when none was.
  std::string first_bad_row;
};

/// Reads every row of `data` and infers its types. Fixed types that name no column of this source
/// are refused.
Result<SourceTable> ReadTypedSource(const std::string& data, const SourceOptions& options);

}  // namespace reeve::workflow
