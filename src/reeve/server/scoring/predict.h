#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// Appends members that explain a scored row (",\"reasons\":[…]") to an answer.
using AppendExplanation = std::function<void(
    const ServedModel& model, std::span<const contract::Cell> row, std::string& out)>;

/// POST /predict: one row as a flat object. POST /predict/batch: {"instances":[…]}.
/// Query: `model`, `version` choose among several; `reasons=true` (one row) adds what moved it.
/// `explain` may be empty.
std::vector<Route> PredictRoutes(const ScoringContext& context, AppendExplanation explain);

/// The model that the query's `model` and `version` name; null with the refusal in `response`.
std::shared_ptr<const ServedModel> RequestedModel(const ScoringContext& context,
                                                  const Request& request, Response& response);
/// The value of a member of a query ("a=1&b=2"), percent-decoded; empty when absent.
std::string QueryValue(std::string_view query, std::string_view name);

}  // namespace reeve::server
