#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/contract/contract.h"
#include "reeve/ingest/writer.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/workflow/source_table.h"

namespace reeve::workflow {

/// Everything `reeve predict` can be asked for.
struct PredictRequest {
  std::string model, data, output;
  std::optional<ingest::WriteMode> mode;
  std::string batch_id;
  std::vector<std::string> keep;
  bool keep_all = false;
  /// One column per class besides the prediction's own.
  bool probabilities = false;
  /// Reasons of each row, two columns for each; 0 for none.
  std::size_t reasons = 0;
  /// File for rows that broke the contract, or empty.
  std::string rejects;
  /// Rows that may be rejected before the command counts as failed.
  ingest::BadRowLimit allow;
  ingest::BadRowLimit skip_bad_rows;
  tracking::StoreUris stores = {};
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

struct PredictReport {
  std::int64_t rows_read = 0, rows_scored = 0, rows_rejected = 0, rows_skipped = 0;
  /// More were rejected than allowed.
  bool too_many_rejected = false;
  /// Column -> category that training never saw -> rows.
  std::map<std::string, std::map<std::string, std::int64_t>> unseen;
  /// Columns of the table that the model does not know.
  std::vector<std::string> unknown_columns;
  /// Of rejected rows, the first few.
  std::vector<contract::Violation> violations;
  std::string model, output;
  double seconds = 0;
};

/// Scores a table block by block, so that memory is bounded whatever its size. Rows keep their
/// order; rejected ones are left out. The output is there whole or not at all.
Result<PredictReport> Predict(const PredictRequest& request);

Json ToJson(const PredictReport& report);
std::string ToText(const PredictReport& report);

}  // namespace reeve::workflow
