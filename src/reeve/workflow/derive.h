#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/features/expression.h"
#include "reeve/tuning/derived_columns.h"
#include "reeve/tuning/problem.h"

namespace reeve::workflow {

/// The columns to derive that `asked` (`--derive`) comes to: each element is an expression with or
/// without a name, "auto" (those that are found on `rows`, too) or "off". Nothing asked is "auto".
/// Only given ones without `may_search`.
/// Fails with kInvalidArgument for what is no expression, for columns that are no features (naming
/// the nearest) and for a name that is taken.
Result<std::vector<features::Derived>> DeriveColumns(const std::vector<std::string>& asked,
                                                     bool may_search,
                                                     const tuning::Problem& problem,
                                                     const std::vector<std::int64_t>& rows,
                                                     const tuning::DerivedColumnsOptions& options);

}  // namespace reeve::workflow
