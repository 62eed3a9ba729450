#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/table/decision_rule.h"

namespace reeve::workflow {

/// What `--cost` says wrong decisions cost, before it is known which classes there are.
struct GivenCosts {
  /// As it was typed.
  std::string given;
  /// "fp=1,fn=5".
  std::optional<CostMatrix> of_two = {};
  /// A table: names of the classes that may be decided, and for each true class its name and what
  /// each decision costs, in that order.
  std::vector<std::string> decided = {};
  struct Line {
    std::string truth;
    std::vector<double> costs;
  };
  std::vector<Line> lines = {};
};

/// Reads "fp=1,fn=5", or a table from any source that training reads: the first column names the
/// true class, every other one is called like the class that is decided. Fails with
/// kInvalidArgument for what is no cost, or not 0 for a right decision; else as the source does.
Result<GivenCosts> ReadCosts(const std::string& given);

/// The same for `classes` in their order. Fails with kInvalidArgument for false positives and
/// negatives of more than two classes, and for a table that lacks a class, holds one twice or has
/// one that is none, naming the nearest.
Result<CostMatrix> CostsOfClasses(const GivenCosts& given, const std::vector<std::string>& classes);

}  // namespace reeve::workflow
