#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/table/table.h"

namespace reeve::honesty {

/// Rows of a typed table with their classes: what checks of data look at. Does not own; everything
/// outlives the check.
struct LabelledRows {
  const Table* table = nullptr;
  /// Row numbers of `table`. The rows of the test part stay outside where only training rows may be
  /// looked at.
  std::span<const std::int64_t> rows;
  /// Class of each table row, 0 … class_names.size() - 1.
  std::span<const std::int32_t> labels;
  std::span<const std::string> class_names;
};

/// What each check takes besides its data.
struct CheckOptions {
  /// Of samples and folds; one seed, one result.
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  const Cancellation* cancellation = &Cancellation::Never();
};

}  // namespace reeve::honesty
