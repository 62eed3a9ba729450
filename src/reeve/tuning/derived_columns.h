#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reeve/base/cancellation.h"
#include "reeve/base/result.h"
#include "reeve/features/expression.h"
#include "reeve/tuning/problem.h"

namespace reeve::tuning {

struct DerivedColumnsOptions {
  std::uint64_t seed = 42;
  /// Never changes the result.
  int threads = 1;
  /// Columns that are kept at most.
  int most = 4;
  const Cancellation* cancellation = &Cancellation::Never();
};

/// Ratios, differences, products and sums of two number columns that a boosted model of the columns
/// as they are does not find by itself, best first; named as they are computed: "a / b".
///
/// The model is cross-validated on up to 10,000 of `rows`. A candidate is binned, and each bin's
/// mean residual on the training part of a fold is judged on its held-out part. The best candidate
/// joins the model if its gain is beyond 2.5 standard errors; it stays if the model's out-of-fold
/// log loss then falls by more than two standard errors, and the search goes on from there. On
/// noise nothing is found. `rows` should be training rows only. Fails with kCancelled, and as
/// learning does.
Result<std::vector<features::Derived>> FindDerivedColumns(const Problem& problem,
                                                          const std::vector<std::int64_t>& rows,
                                                          const DerivedColumnsOptions& options);

}  // namespace reeve::tuning
