#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::mlflow {

/// Reads `('a', "b")`: texts in quotes with commas between them, the last comma optional.
///
/// As in a Python tuple, a backslash escapes a quote, a backslash, and n, t, r; texts that follow
/// each other without a comma are one. kInvalidArgument, in MLflow's words, for an empty list, for
/// values that are no texts, for more than kMostListed values and for anything else.
Result<std::vector<std::string>> ReadTextList(std::string_view text);

}  // namespace reeve::mlflow
