#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reeve/features/expression.h"
#include "reeve/table/table.h"
#include "reeve/tuning/folds.h"

namespace reeve::tuning {

/// What is to be learnt, and from which table. Does not own: everything outlives the search.
struct Problem {
  /// Typed table with the feature columns.
  const Table* table = nullptr;
  /// Names of the columns to learn from.
  std::vector<std::string> features = {};
  /// Columns computed from others, learnt from besides.
  std::vector<features::Derived> derived = {};
  /// Class of each table row (rows that take no part may hold anything in range).
  std::span<const std::int32_t> labels = {};
  int classes = 2;
  /// Group and time of each table row, or empty (see SplitOptions).
  std::span<const std::int32_t> groups = {};
  std::span<const double> times = {};

  /// Classes of the table rows `rows`.
  std::vector<std::int32_t> LabelsOf(std::span<const std::int64_t> rows) const {
    std::vector<std::int32_t> taken;
    taken.reserve(rows.size());
    for (const std::int64_t row : rows) taken.push_back(labels[static_cast<std::size_t>(row)]);
    return taken;
  }

  SplitOptions Splitting(std::uint64_t seed) const {
    return {.labels = labels, .classes = classes, .groups = groups, .times = times, .seed = seed};
  }
};

}  // namespace reeve::tuning
