#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::tuning {

/// How rows are divided. All spans are indexed by table row.
struct SplitOptions {
  /// Class of each row, 0 … classes-1; every part gets its share of each class.
  std::span<const std::int32_t> labels;
  int classes = 2;
  /// Group of each row: a group is never torn apart. Empty: none.
  std::span<const std::int32_t> groups = {};
  /// Time of each row: what is tested is never older than what was learnt from. Empty: none. Wins
  /// over groups and stratification.
  std::span<const double> times = {};
  std::uint64_t seed = 42;
};

/// Two disjoint sets of rows, both in ascending order.
struct Fold {
  std::vector<std::int64_t> train;
  std::vector<std::int64_t> test;
};

/// Sets a share of `rows` apart: stratified by class, by whole groups, or the latest by time.
/// A class with one row stays in train. Deterministic in options.seed.
/// Fails with kInvalidArgument unless 0 < test_share < 1, and with kInvalidData when a part would
/// be empty.
Result<Fold> SplitOnce(std::span<const std::int64_t> rows, double test_share,
                       const SplitOptions& options);

/// k folds for cross-validation. Every row is tested once, except in time order, where fold i
/// learns from the oldest i+1 of k+1 equal spans and is tested on the next one. Fewer folds than
/// asked are made when the smallest class, or the number of groups, has fewer members than k (never
/// fewer than 2). Fails with kInvalidArgument for k < 2, kInvalidData for fewer than 4 rows or
/// fewer than 2 groups.
Result<std::vector<Fold>> MakeFolds(std::span<const std::int64_t> rows, int k,
                                    const SplitOptions& options);

/// The same folds with rows replaced by their positions in `rows`. REQUIRES: `rows` rise and hold
/// every row of the folds.
std::vector<Fold> ToPositions(const std::vector<Fold>& folds,
                              const std::vector<std::int64_t>& rows);

}  // namespace reeve::tuning
