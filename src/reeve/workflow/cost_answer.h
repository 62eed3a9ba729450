#pragma once

#include <string>
#include <vector>

#include "reeve/base/json.h"
#include "reeve/evaluation/cost.h"
#include "reeve/report/training_report.h"

namespace reeve::workflow {

/// What decisions cost, for each form of an answer. `classes` has one name for each of the
/// summary's.

/// {"rows":…,"per_row":…,"total":…} and, by other ways of deciding: for two classes "at_half",
/// "always_yes", "always_no"; for more "most_probable" and "always", one for each class.
Json CostsToJson(const evaluation::CostSummary& costs, const std::vector<std::string>& classes);

/// The same in a line; `rows` says of which rows: " (test)".
std::string CostText(const evaluation::CostSummary& costs, const std::vector<std::string>& classes,
                     const std::string& rows);

/// Summaries of one model; null where there is none.
struct CostsByPart {
  const evaluation::CostSummary* test = nullptr;
  const evaluation::CostSummary* out_of_fold = nullptr;
};
/// The same for a page: the rule that decides first, then the others; of more than two classes only
/// the constant decision that is cheapest.
std::vector<report::CostLine> CostLines(const CostsByPart& costs, const DecisionRule& rule,
                                        const std::vector<std::string>& classes);

}  // namespace reeve::workflow
