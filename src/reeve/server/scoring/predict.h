#pragma once

#include <string>
#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/refusal.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// POST /predict: one row as a flat object. POST /predict/batch: {"instances":[…]}.
/// Query: `model`, `version` choose among several; `reasons=3` adds what moved each row the most.
std::vector<Route> PredictRoutes(const ScoringContext& context);

/// Why no model was found by that name and version: 503 when there is none at all, 400 when a name
/// is needed to choose one, else 404.
Refusal WithoutModel(const ScoringContext& context, std::string_view name,
                     std::string_view version);
/// The model that the query's `model` and `version` name; null with the refusal in `response`.
std::shared_ptr<const ServedModel> RequestedModel(const ScoringContext& context,
                                                  const Request& request, Response& response);
/// The value of a member of a query ("a=1&b=2"), percent-decoded; empty when absent.
std::string QueryValue(std::string_view query, std::string_view name);

}  // namespace reeve::server
