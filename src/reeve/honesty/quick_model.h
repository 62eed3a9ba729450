#pragma once

#include <string>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/honesty/labelled_rows.h"
#include "reeve/table/probabilities.h"

namespace reeve::honesty {

/// Rows and columns that a quick model is cross-validated on.
struct QuickProblem {
  const Table* table = nullptr;
  /// Row numbers of `table`, and by position in them:
  std::vector<std::int64_t> rows;
  /// class 0 … classes - 1, and
  std::vector<std::int32_t> labels;
  /// the part (0 … parts - 1) in which the row is predicted.
  std::vector<std::size_t> part;
  std::vector<std::string> features;
  int classes = 2;
  std::size_t parts = 3;
};

/// Predictions of a small booster (40 rounds of depth 4, at a rate of 0.3), each row by a model and
/// a pipeline fitted on the other parts; by position. Meant for questions like "can these rows be
/// told apart", not for models that serve.
/// Fails with kInvalidData when the columns give nothing to learn from or a class is missing
/// outside of a part, and with kCancelled.
Result<Probabilities> CrossValidateQuickly(const QuickProblem& problem,
                                           const CheckOptions& options);

/// A part for each row: equal shares of each class at random; whole groups where `groups` (one for
/// each row) is not empty.
std::vector<std::size_t> AssignParts(const std::vector<std::int32_t>& labels,
                                     const std::vector<std::int32_t>& groups, std::size_t parts,
                                     std::uint64_t seed);

/// At most `most` of `rows`, at random, in their order.
std::vector<std::int64_t> SampleRows(std::span<const std::int64_t> rows, std::size_t most,
                                     std::uint64_t seed);

}  // namespace reeve::honesty
