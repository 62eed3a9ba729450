#pragma once

#include <memory>
#include <vector>

#include "reeve/capi/reeve.h"
#include "reeve/contract/contract.h"

/// All issues of one call; see reeve.h. The texts that `issues` points at are those of
/// `violations`.
struct reeve_issues {
  std::vector<reeve::contract::Violation> violations;
  std::vector<reeve_issue> issues;
};

namespace reeve::capi {

/// `violations` of rows (none of the table as a whole) in the words of C, by row and then by field.
std::unique_ptr<reeve_issues> MakeIssues(const contract::Contract& contract,
                                         std::vector<contract::Violation> violations);

}  // namespace reeve::capi
