#pragma once

#include <string>

#include "reeve/base/json.h"
#include "reeve/evaluation/scores.h"
#include "reeve/workflow/train.h"

namespace reeve::workflow {

/// Scores as the interface shows them: {"auc":…, "ci":{"auc":[lo,hi]},
/// "confusion":{"labels":…,"counts":…}}.
Json ScoresToJson(const evaluation::Scores& scores, const std::vector<std::string>& classes);

/// The object that `reeve train --output json` prints.
Json ToJson(const TrainReport& report);

/// The same for people: what was decided, how good it is, what to mind.
std::string ToText(const TrainReport& report);

}  // namespace reeve::workflow
