#pragma once

#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// POST /feedback: true labels of earlier predictions, one {"request_id" or "key", "row", "label"}
/// or {"labels":[…]} of them. Answers 202 with the number taken. All or none: a label that is no
/// class of the model, or one without a way to find its prediction, is a 400 that names it.
std::vector<Route> FeedbackRoutes(const ScoringContext& context);

}  // namespace reeve::server
