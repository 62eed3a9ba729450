#pragma once

#include <cstdint>
#include <string>

#include "reeve/base/json.h"
#include "reeve/server/scoring/served_model.h"

namespace reeve::server {

/// What GET /model says of a model: name, version, alias, run, target, classes, threshold, features
/// with their types and ranges, learner and parameters, scores of the test part, lineage, digest.
/// Members that a bundle does not hold are null.
Json ModelInfo(const ServedModel& model);

/// What GET /models says: one short entry for each model that is served.
Json ModelList(const ModelDirectory& models);

/// scores.json of the bundle with the names of model and version before it: GET /model/metrics.
Json ModelScores(const ServedModel& model);

/// The whole contract.json: GET /model/contract.
Json ModelContract(const ServedModel& model);

}  // namespace reeve::server
