#pragma once

#include <string>
#include <vector>

#include "reeve/server/http.h"
#include "reeve/server/scoring/scoring.h"

namespace reeve::server {

/// MLflow's scoring protocol, which is SageMaker's too: POST /invocations, GET /ping and /version.
///
/// A body is text/csv, or JSON with exactly one of
///   dataframe_split    {"columns":[…],"data":[[…],…]}, an "index" is not looked at
///   dataframe_records  [{…},…]
///   instances          [{…},…], or lists of values in the contract's order
///   inputs             {"column":[…],…}, one record {"column":value,…}, or records
/// besides "params" and "parameters", which are not looked at. Answers {"predictions":[…]} with the
/// objects of /predict/batch and its warnings; errors are {"error_code","message"}.
std::vector<Route> InvocationsRoutes(const ScoringContext& context);

/// What Vertex AI calls at AIP_PREDICT_ROUTE: {"instances":[…],"parameters":{}} at any path;
/// answers as above, errors in the service's own form. `path` is taken as it is.
Route VertexRoute(const ScoringContext& context, std::string path);

}  // namespace reeve::server
