#pragma once

#include <string>
#include <vector>

#include "reeve/contract/warning.h"
#include "reeve/table/table.h"

namespace reeve::contract {

/// What LintFeatures found and which columns it advises not to learn from.
struct LintResult {
  std::vector<Warning> warnings;
  /// Columns that cannot help: constant, all missing, identifiers. In table order.
  std::vector<std::string> unusable;
};

/// Looks at the feature columns `features` of a typed table: constant or empty columns, columns
/// that name rows (running numbers, UUIDs, all texts distinct), copies of other columns (same
/// values; the same up to a one-to-one renaming, for columns with few distinct values; numbers with
/// a correlation above 0.9999, scaled and shifted copies among them). Copies are warned of but stay
/// usable.
LintResult LintFeatures(const Table& table, const std::vector<std::string>& features);

}  // namespace reeve::contract
