#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/evaluation/scores.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/workflow/source_table.h"

namespace reeve::workflow {

struct EvaluateRequest {
  /// As typed: a model's URI, folder or name; a table's path, glob or URI.
  std::string model, data;
  /// Column with the true classes; empty: the model's own target.
  std::string target;
  ingest::BadRowLimit skip_bad_rows;
  /// What wrong decisions cost, for the score "cost"; see ReadCosts. Empty: what training was told.
  std::string costs = {};
  tracking::StoreUris stores = {};
  std::uint64_t seed = 42;
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

struct EvaluateReport {
  std::string model, data;
  std::vector<std::string> classes;
  evaluation::Scores scores;
  /// What decides.
  DecisionRule rule = {};
  /// Where it is known what decisions cost.
  std::optional<evaluation::CostSummary> costs = {};
  /// Rows read; left out without a label; left out because they break the contract.
  std::int64_t rows_read = 0, rows_unlabelled = 0, rows_rejected = 0;
  /// The data are the table that the model was trained on.
  bool is_training_table = false;
  /// A page for people.
  std::string html;
};

/// Scores a model on labelled rows. Labels match after trimming blanks and a final dot.
/// Fails with kInvalidData for labels that are no class of the model, or when no row is left.
Result<EvaluateReport> Evaluate(const EvaluateRequest& request);

Json ToJson(const EvaluateReport& report);
std::string ToText(const EvaluateReport& report);

}  // namespace reeve::workflow
