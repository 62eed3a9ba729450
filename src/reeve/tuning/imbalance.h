#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::tuning {

/// What is done about classes of very different size.
enum class Imbalance {
  /// Nothing; the threshold is 0.5.
  kNone,
  /// Each class weighs the same in training: weight = rows / (classes x rows of the class).
  kWeights,
  /// Every class is cut down, at random, to the size of the smallest.
  kUndersample,
  /// Rows of every class are repeated until all classes are as large as the largest.
  kOversample,
  /// New rows are made between rows of a class until all are as large as the largest (smote.h).
  kSmote,
  /// Nothing in training; the threshold is chosen on out-of-fold predictions. The default: it is as
  /// good as resampling and leaves probabilities alone (van den Goorbergh et al. 2022).
  kThreshold,
};

/// Every way by name, in the order in which they are compared: "none", "threshold", "weights",
/// "undersample", "oversample", "smote".
std::span<const std::pair<Imbalance, std::string_view>> AllImbalances();
/// Fails with kInvalidArgument naming the nearest.
Result<Imbalance> ParseImbalance(std::string_view name);

/// Training rows and weights after the treatment, and what it did to the odds.
struct Balanced {
  /// Rising; oversampling repeats some.
  std::vector<std::int64_t> rows;
  /// One per row, or empty for all 1.
  std::vector<double> weights;
  /// How many times more often each class is seen than it occurs, up to a common factor; what
  /// inference::Decision undoes. Empty when nothing was changed. For kSmote it counts the rows that
  /// Smote is yet to make.
  std::vector<double> odds;
};

/// Applies `imbalance` to the training rows (never to rows that are scored). `labels` is indexed by
/// table row.
Balanced Balance(Imbalance imbalance, std::span<const std::int64_t> rows,
                 std::span<const std::int32_t> labels, int classes, std::uint64_t seed);

}  // namespace reeve::tuning
