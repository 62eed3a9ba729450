#pragma once

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// POST /predict/csv: a CSV body or the file of a form, of any length, in; CSV out while it comes
/// in. Memory is bounded by one block of rows. Columns: the kept ones (?keep=COLUMN, repeatable, or
/// ?keep_all=true), `prediction`, `probability`, with ?probabilities=true one `probability_CLASS`
/// each, `model_version`, `scored_at`, and always `error`, which is empty for rows that were
/// scored. ?model= and ?version= choose among several. Rows keep their order and number. Rows take
/// the answers of one version, the one that was served when the request began.
///
/// Blocks are scored and logged one by one: that which begins with row N > 0 of the body is logged
/// under the request's id followed by ":N".
Route CsvRoute(const ScoringContext& context);

}  // namespace reeve::server
