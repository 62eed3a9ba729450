#pragma once

#include <string>
#include <vector>

#include "reeve/table/table.h"

namespace reeve::contract {

/// Something about a table that its owner should know before a model is trained on it.
struct Warning {
  /// "constant_column", "id_like_column", "duplicate_column", … (docs/warnings.md lists them all).
  std::string code;
  /// The column it is about; empty for the table as a whole.
  std::string column;
  /// One sentence: what was found and what follows from it.
  std::string message;
};

/// What LintFeatures found and which columns it advises not to learn from.
struct LintResult {
  std::vector<Warning> warnings;
  /// Columns that cannot help: constant, all missing, identifiers. In table order.
  std::vector<std::string> unusable;
};

/// Looks at the feature columns `features` of a typed table: constant or empty columns, columns
/// that name rows (running numbers, UUIDs, all texts distinct), copies of other columns (same
/// values, or the same up to a one-to-one renaming of values). Copies are warned of but stay
/// usable.
LintResult LintFeatures(const Table& table, const std::vector<std::string>& features);

}  // namespace reeve::contract
