#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/json.h"
#include "reeve/base/result.h"
#include "reeve/explain/coefficients.h"
#include "reeve/explain/partial_dependence.h"
#include "reeve/ingest/writer.h"
#include "reeve/tracking/store_uris.h"
#include "reeve/workflow/importance_table.h"
#include "reeve/workflow/row_explainer.h"
#include "reeve/workflow/source_table.h"

namespace reeve::workflow {

/// Everything `reeve explain` can be asked for.
struct ExplainRequest {
  /// As typed: a model's URI, folder or name; a table's path, glob or URI, or empty for what the
  /// model itself tells.
  std::string model, data;
  /// Where the answer goes as a table, or empty.
  std::string output;
  std::optional<ingest::WriteMode> mode;
  /// Reasons of a row.
  std::size_t top = 3;
  /// "permutation", "contributions" or empty: what to measure over the rows instead of explaining
  /// each.
  std::string importance;
  /// Columns whose partial dependence is wanted.
  std::vector<std::string> partial_dependence;
  /// Metric of permutation importance; empty: the one the model was chosen by.
  std::string metric;
  /// Column with the true classes; empty: the model's own target.
  std::string target;
  /// Most rows that are explained when they go to no table.
  std::int64_t limit = 20;
  /// Most rows that importance and partial dependence are measured on.
  std::int64_t sample = 10'000;
  ingest::BadRowLimit skip_bad_rows;
  tracking::StoreUris stores = {};
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// Why one row got its answer.
struct ExplainedRow {
  /// 0-based row of the data.
  std::int64_t row = 0;
  std::string prediction;
  /// Class that is explained (the positive one, or for more than two classes the predicted one),
  /// and its probability.
  std::string explained;
  double probability = 0;
  std::vector<RowReason> reasons;
};

struct ExplainReport {
  std::string model, data, output;
  std::vector<std::string> classes;
  /// "log_odds" or "probability".
  std::string unit;
  /// What the model says of a row of which nothing is known: of the positive class, or of each.
  std::vector<std::pair<std::string, double>> expected;
  std::vector<ImportanceTable> importance;
  std::vector<explain::LinearPart> linear;
  std::vector<ExplainedRow> rows;
  std::vector<explain::PartialDependence> dependence;
  /// Looked at (rows that are only shown end where enough are); explained or measured on; left out
  /// because they break the contract, because they have no label.
  std::int64_t rows_read = 0, rows_explained = 0, rows_rejected = 0, rows_unlabelled = 0;
};

/// Without data: importance as training stored it, and the coefficients of linear models. With
/// data: reasons of its rows, or what else was asked for.
/// Fails with kInvalidArgument when permutation importance finds no target column, for columns that
/// the model does not look at, and for models that do not hold what explanations are made of;
/// kInvalidData when no row can be explained.
Result<ExplainReport> Explain(const ExplainRequest& request);

}  // namespace reeve::workflow
