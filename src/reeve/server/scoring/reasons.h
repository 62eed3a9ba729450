#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"
#include "reeve/server/scoring/served_model.h"
#include "reeve/workflow/row_explainer.h"

namespace reeve::server {

/// Reasons of each row, one list a row.
using RowReasons = std::vector<std::vector<workflow::RowReason>>;

/// How many reasons of each row the query asks for: `reasons=5`, or `reasons=true` for as many as
/// `reeve explain` gives; 0 when it asks for none. False, with the refusal in `response`, for
/// anything else.
bool ReadReasons(std::string_view query, std::size_t& top, Response& response);

/// Route::takes_long of routes that read `reasons`: finding them takes a thousand times what
/// scoring does.
bool AsksForReasons(const Request& request);

/// Whether reasons of that many rows can be given in one request, which keeps a thread of the
/// service while they are found; the refusal is in `response`. Costs nothing when top is 0.
bool CanGiveReasons(const ServedModel& model, std::size_t top, std::int64_t rows,
                    Response& response);

/// The `top` strongest reasons of the rows on the desk, which were scored: those of `reeve explain`
/// and `reeve predict --reasons`, for the same values to the last digit.
/// Fails when the model does not hold what explanations are made of.
Result<RowReasons> Reasons(const ServedModel& model, const ScoringDesk& desk, std::size_t top);

/// `,"reasons":[{"field":"age","value":"33","contribution":-0.12,"direction":"against yes"}]`.
void AppendReasons(const ServedModel& model, const std::vector<workflow::RowReason>& reasons,
                   std::int32_t predicted, std::string& out);
/// Why the model cannot be explained, and what to do about it. REQUIRES: !status.ok().
std::string NoReasonsText(const Status& status);
/// `,"unit":"log_odds","expected":{"yes":-0.5}`: what contributions are counted in, and where they
/// begin. REQUIRES: CanGiveReasons.
void AppendReasonUnit(const ServedModel& model, std::string& out);

}  // namespace reeve::server
