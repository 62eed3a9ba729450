#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "reeve/tuning/assessment.h"
#include "reeve/tuning/candidate.h"
#include "reeve/tuning/cross_validation.h"

namespace reeve::tuning {

/// A candidate in a search, with everything that is known of it so far. Its address does not
/// change: assessments point at it.
struct Contender {
  Candidate candidate;
  /// Of its random numbers, a stream of its own whatever else is tried.
  std::uint64_t seed = 0;
  /// On large tables a cheaper candidate that runs the first fold in its place, and how many rows
  /// it learns from at most (0: all).
  std::optional<Candidate> proxy;
  std::int64_t proxy_rows = 0;
  std::map<std::size_t, FoldFit> fits;
  /// One for each element of the path, on the folds that were trained.
  std::vector<Assessment> assessments;
};

}  // namespace reeve::tuning
