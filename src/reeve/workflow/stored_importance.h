#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/workflow/importance_table.h"

namespace reeve::workflow {

/// What scores.json of a bundle holds about importance, the best measure first: permutation,
/// contributions, training. Bundles of older versions hold the last one alone.
/// Fails with kCorrupt when it is damaged.
Result<std::vector<ImportanceTable>> StoredImportance(const std::string& scores_json);

/// Name of the metric that the model was chosen by, "auc" where none is stored.
Result<std::string> StoredMetric(const std::string& scores_json);

}  // namespace reeve::workflow
