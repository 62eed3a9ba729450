#pragma once

#include <span>
#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// What the service says of itself, and its page for people:
///   GET / · POST /                  the form for one row, and its answer (context.form_path)
///   GET /docs · /openapi.json       the API's description
///   GET /model · /model/contract · /model/metrics · /models · /models/{name}
///   GET /favicon.ico · /assets/{name}
/// `others` are the service's other routes: the description names them along with these.
/// REQUIRES: `context` outlives the routes.
std::vector<Route> DescriptionRoutes(const ScoringContext& context, std::span<const Route> others);

}  // namespace reeve::server
