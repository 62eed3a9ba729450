#pragma once

#include <string>
#include <vector>

#include "reeve/contract/warning.h"
#include "reeve/honesty/labelled_rows.h"

namespace reeve::honesty {

/// How rows were divided.
struct ClassSizesProblem {
  std::span<const std::int64_t> train, test;
  /// Class of each table row.
  std::span<const std::int32_t> labels;
  std::span<const std::string> class_names;
  /// Folds of cross-validation that were asked for.
  int folds = 5;
  std::string target;
};

/// `tiny_class` for each class with fewer than 10 rows, or with fewer training rows than folds: too
/// few to learn from or to judge by.
std::vector<contract::Warning> FindTinyClasses(const ClassSizesProblem& problem);

}  // namespace reeve::honesty
